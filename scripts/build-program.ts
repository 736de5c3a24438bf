// Bundles the command line and the node into packages/cli/dist, so that they start at once: loading some
// three hundred sources one by one takes longer than everything else that a node does before it answers.
// `npm ci` runs it; the launcher falls back to the sources as soon as one of them is newer.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const root = join(import.meta.dirname, '..')
const out = join(root, 'packages/cli/dist')

// Importing one of Node's own modules the usual way reads each of its properties, lazy ones included: of http
// that loads the whole of fetch, of crypto all of WebCrypto, of process it builds a list of all flags.
// Together a fifth of a node's start.
const withoutFacades: Plugin = {
  name: 'without-facades',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }))
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
      loader: 'js',
    }))
  },
}

rmSync(out, { recursive: true, force: true })
const { metafile } = await build({
  // The store loads its threads by the names of these files, beside its own.
  entryPoints: {
    main: join(root, 'packages/cli/src/main.ts'),
    'writer-thread': join(root, 'packages/store/src/sqlite/writer-thread.ts'),
    'reader-thread': join(root, 'packages/store/src/sqlite/reader-thread.ts'),
  },
  outdir: out,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Native code stays in its package.
  external: ['secp256k1', 'secp256k1/*', 'node-gyp-build'],
  // Some dependencies are CommonJS and ask for Node's own modules by require.
  banner: {
    js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);",
  },
  plugins: [withoutFacades],
  metafile: true,
  logLevel: 'error',
})
console.log(`Bundled ${Object.keys(metafile.inputs).length} sources into packages/cli/dist`)
