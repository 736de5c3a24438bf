// Checks how much a browser downloads before it can use the client: its main bundle, minified and
// gzipped. Chunks loaded later on demand, such as WebAssembly, are shown and not counted.

import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildResult, build, type Metafile } from 'esbuild'

const maxGzipBytes = 40_000
const root = join(import.meta.dirname, '..')
const entry = 'packages/client/src/index.ts'

type Chunk = { readonly name: string; readonly gzipBytes: number; readonly isFirst: boolean }

process.exitCode = await main()

async function main(): Promise<number> {
  const result = await bundle()
  const outputs = Object.entries(result.metafile.outputs)
  const [main, start] = outputs.find(([, output]) => output.entryPoint === entry) ?? []
  if (main === undefined || !start?.exports.includes('createClient')) {
    throw new Error(`Check size: ${entry} does not export createClient`)
  }
  const chunks = measure(result, main)
  for (const { name, gzipBytes, isFirst } of chunks) {
    console.log(`${isFirst ? 'first' : 'later'} ${String(gzipBytes).padStart(7)} bytes  ${name}`)
  }
  const total = chunks.filter((each) => each.isFirst).reduce((sum, each) => sum + each.gzipBytes, 0)
  for (const { name, bytes } of parts(start.inputs)) {
    console.log(`        ${String(bytes).padStart(7)} minified  ${name}`)
  }
  console.log(`client for browsers: ${total} bytes gzipped, at most ${maxGzipBytes}`)
  return total <= maxGzipBytes ? 0 : 1
}

function bundle(): Promise<BuildResult<{ metafile: true; write: false; splitting: true }>> {
  return build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    splitting: true,
    metafile: true,
    write: false,
    outdir: 'size',
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  })
}

function measure(result: Awaited<ReturnType<typeof bundle>>, main: string): Chunk[] {
  const first = new Set([main])
  for (const name of first) {
    const imports = result.metafile.outputs[name]?.imports ?? []
    for (const each of imports) {
      if (each.kind === 'import-statement' && !each.external) first.add(each.path)
    }
  }
  return result.outputFiles.map(({ path, contents }) => {
    const name = path.slice(root.length + 1)
    const gzipBytes = gzipSync(contents, { level: 9 }).length
    return { name, gzipBytes, isFirst: first.has(name) }
  })
}

// What the main bundle is made of, by package, before compression: where to look when it grows.
function parts(inputs: Metafile['outputs'][string]['inputs']): { name: string; bytes: number }[] {
  const sums = new Map<string, number>()
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const inside = path.split('node_modules/').at(-1) ?? path
    const name = inside.split('/').slice(0, 2).join('/')
    sums.set(name, (sums.get(name) ?? 0) + bytesInOutput)
  }
  return [...sums].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes)
}
