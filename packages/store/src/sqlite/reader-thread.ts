// Entry of a reader thread.

import { workerData } from 'node:worker_threads'
import { closedError } from '../errors.ts'
import { backUp } from './backup.ts'
import { LazyResource } from './lazy-resource.ts'
import { packRows } from './packed-rows.ts'
import { readBatches } from './read-batches.ts'
import { Reader } from './reader.ts'
import { countPrunable, findPrunable } from './retention-sql.ts'
import { serveThread, transferable } from './serve-thread.ts'
import { readAudit, readSettings, settingsVersion } from './settings-sql.ts'
import type { ReaderJobs, ThreadData } from './thread-messages.ts'
import { verifyBatches, verifyIndexes, verifyTotals } from './verify.ts'

const { path, recent } = workerData as ThreadData
const reader = new LazyResource(() => new Reader(path, recent))
const database = () => reader.get().database
const stopping = new AbortController()

serveThread<ReaderJobs>({
  attempt: 'Read the store',
  resource: reader,
  jobs: {
    range: (query) => packRows(reader.get().range(query)),
    tail: (query) => packRows(reader.get().tail(query)),
    counts: () => reader.get().counts(),
    settings: () => readSettings(database()),
    settingsVersion: () => settingsVersion(database()),
    audit: (query) => readAudit(database(), query),
    batches: (page) => readBatches(database(), page),
    countPrunable: (request) => countPrunable(database(), request),
    findPrunable: (search) => findPrunable(database(), search),
    verifyBatches: (head) => verifyBatches(database(), head),
    verifyTotals: () => verifyTotals(database()),
    verifyIndexes: () => verifyIndexes(database()),
    backUp: async (file, onProgress) => {
      await backUp({ path, file, onProgress, signal: stopping.signal })
      return null
    },
    stop: () => {
      stopping.abort(closedError())
      return null
    },
  },
  transfer: transferable,
  onFailure: () => reader[Symbol.dispose](),
})
