// Bundles the command line and the node into packages/cli/dist, so that they start at once: loading some
// three hundred sources one by one takes longer than everything else that a node does before it answers.
// `npm ci` runs it; the launcher falls back to the sources as soon as one of them is newer.

import { rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const root = join(import.meta.dirname, '..')
const out = join(root, 'packages/cli/dist')

// Node's own modules take most of a start, and a node needs few of them before its first answer. Each is
// replaced by an object that loads it when one of its properties is first read.
const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, namespace }) =>
      namespace !== 'late' && isObjectModule(path) ? { path, namespace: 'late' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({ contents: lateModule(path) }))
  },
}

// One that is a class has to be there at once.
function isObjectModule(name: string): boolean {
  return (
    isBuiltin(name) && (name === 'assert' || process.getBuiltinModule(name)?.constructor === Object)
  )
}

function lateModule(name: string): string {
  if (name === 'assert') return lateAssert
  const names = Object.keys(process.getBuiltinModule(name) ?? {})
  const getters = names.map((key) => `get ${key}() { return load().${key} }`)
  return `let loaded
    const load = () => (loaded ??= process.getBuiltinModule('${name}'))
    module.exports = { ${getters.join(', ')} }`
}

// A function with functions on it.
const lateAssert = `module.exports = new Proxy(function () {}, {
  apply: (_, self, given) => process.getBuiltinModule('assert').apply(self, given),
  get: (_, name) => process.getBuiltinModule('assert')[name],
})`

rmSync(out, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  // The store loads its threads by the names of these files, beside its own.
  entryPoints: {
    main: join(root, 'packages/cli/src/main.ts'),
    'writer-thread': join(root, 'packages/store/src/sqlite/writer-thread.ts'),
    'reader-thread': join(root, 'packages/store/src/sqlite/reader-thread.ts'),
  },
  outdir: out,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  // One file that is required loads three times as fast as a few dozen that are imported: importing reads
  // every property of Node's own modules, lazy ones included, which loads fetch and WebCrypto whole.
  format: 'cjs',
  target: 'node22',
  define: { 'import.meta.url': 'ownUrl' },
  banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
  // Native code stays in its package.
  external: ['secp256k1', 'secp256k1/*', 'node-gyp-build'],
  plugins: [lateBuiltins],
  // A third less to read at each start. Names stay, for stack traces; lines too long to print in one do not.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  legalComments: 'none',
  metafile: true,
  logLevel: 'error',
})
// Which packages the launcher is to look at for newer sources.
const inputs = Object.keys(metafile.inputs)
const packages = new Set(
  inputs.flatMap((path) => /^packages\/([^/]+)\/src\//.exec(path)?.[1] ?? []),
)
writeFileSync(join(out, 'packages.txt'), [...packages].join('\n'))
console.log(`Bundled ${inputs.length} sources into packages/cli/dist`)
