// A global scope with nothing but what the web's standards say: what a worker of any host has at least.

import { createContext, runInContext } from 'node:vm'
import { anywhereSource, bundle } from '../bundle.ts'
import type { Platform } from '../platform.ts'
import type { Report } from '../programs/report.ts'

const names = [
  'AbortController',
  'AbortSignal',
  'CompressionStream',
  'DecompressionStream',
  'Event',
  'EventTarget',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'WebAssembly',
  'clearTimeout',
  'crypto',
  'fetch',
  'queueMicrotask',
  'setTimeout',
] as const

/** A context of Node's `vm` with these globals and no others. */
export const webStandard: Platform = {
  name: 'web-standard',
  run: async ({ vectors, node }) => {
    const options = { vectors, backends: ['web', 'noble'], node: await node() }
    const tell = 'globalThis.report = report'
    const script = await bundle(anywhereSource(options, tell), 'web-script')
    const scope: Record<string, unknown> = {}
    for (const name of names) scope[name] = globalThis[name]
    runInContext(script, createContext(scope), { filename: 'web-standard.js' })
    const report = await (scope['report'] as Promise<Report>)
    return {
      kind: 'ran',
      version: `(${names.length} globals, Node ${process.versions.node})`,
      report,
    }
  },
}
