// Bytes that a web page loads: our client with V2 cryptography, and the client of the published SDK.

import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { ensurePeers } from '../peers/load.ts'
import { rounded } from './measure.ts'
import type { Report } from './report.ts'

const root = join(import.meta.dirname, '..')

/** `npm run bench -- size` */
export async function size(): Promise<Report> {
  ensurePeers()
  const ours = await gzipBytesOf(
    "export { createClient } from '@posthorn/client'",
    join(root, 'packages/cli'),
  )
  const peer = await gzipBytesOf("export { Client } from '@xmtp/xmtp-js'", join(root, 'peers'))
  return {
    name: 'size',
    setting: { bundler: 'esbuild, minified, for browsers', compression: 'gzip -9' },
    ours: { gzipBytes: ours },
    peer: { name: '@xmtp/xmtp-js 13.0.4, without its wasm', gzipBytes: peer },
    ratio: rounded(peer / ours),
  }
}

/** Size of the scripts that a page loads at once; parts loaded on demand are not counted. */
async function gzipBytesOf(contents: string, resolveDir: string): Promise<number> {
  const result = await build({
    stdin: { contents, resolveDir, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    splitting: true,
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'silent',
    loader: { '.wasm': 'empty' },
  })
  const loadedAtOnce = entryClosure(result.metafile.outputs)
  return result.outputFiles
    .filter((file) => loadedAtOnce.has(file.path.slice(file.path.lastIndexOf('/') + 1)))
    .reduce((total, file) => total + gzipSync(file.contents, { level: 9 }).length, 0)
}

type Outputs = Readonly<
  Record<string, { entryPoint?: string; imports: { path: string; kind: string }[] }>
>

function entryClosure(outputs: Outputs): Set<string> {
  const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
  const entry = Object.keys(outputs).find((path) => nameOf(path) === 'stdin.js') ?? ''
  const reached = new Set<string>()
  const visit = (path: string) => {
    if (reached.has(nameOf(path))) return
    reached.add(nameOf(path))
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') visit(next)
    }
  }
  visit(entry)
  return reached
}
