// Entry of the writer thread.

import { workerData } from 'node:worker_threads'
import { LazyResource } from './lazy-resource.ts'
import { serveThread, transferable } from './serve-thread.ts'
import { isFull } from './storage-error.ts'
import type { ThreadData, WriterJobs } from './thread-messages.ts'
import { Writer } from './writer.ts'

const writer = new LazyResource(() => new Writer(workerData as ThreadData))

serveThread<WriterJobs>({
  attempt: 'Write to the store',
  resource: writer,
  jobs: {
    open: () => {
      writer.get()
      return null
    },
    commit: (batch) => writer.get().commit(batch),
    changeSettings: (change) => writer.get().changeSettings(change),
    index: (upTo) => writer.get().index(upTo),
    deleteRows: (sequences) => writer.get().deleteRows(sequences),
    limitPages: (pages) => {
      writer.get().limitPages(pages)
      return null
    },
  },
  transfer: transferable,
  // After a full disk the connection is sound. After any other failure nobody knows: the next
  // batch gets a new one, which recovers from the files as after a crash.
  onFailure: (error) => {
    if (!isFull(error)) writer[Symbol.dispose]()
  },
})
