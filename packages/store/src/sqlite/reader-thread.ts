// Entry of a reader thread.

import { workerData } from 'node:worker_threads'
import { LazyResource } from './lazy-resource.ts'
import { packRows } from './packed-rows.ts'
import { Reader } from './reader.ts'
import { serveThread } from './serve-thread.ts'
import type { ReaderJobs, ThreadData } from './thread-messages.ts'

const { path } = workerData as ThreadData
const reader = new LazyResource(() => new Reader(path))

serveThread<ReaderJobs>({
  attempt: 'Read the store',
  resource: reader,
  jobs: {
    range: (query) => packRows(reader.get().range(query)),
    tail: (query) => packRows(reader.get().tail(query)),
    counts: () => reader.get().counts(),
  },
  transfer: (output) => (hasBody(output) ? [output.body.buffer] : []),
  onFailure: () => reader[Symbol.dispose](),
})

function hasBody(output: unknown): output is { readonly body: Uint8Array<ArrayBuffer> } {
  return typeof output === 'object' && output !== null && 'body' in output
}
