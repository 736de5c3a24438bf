import { topicCategory } from '@posthorn/envelope'
import { StorageError } from '@posthorn/errors'
import { checkLimit } from '../errors.ts'
import type { StoredEnvelope } from '../store.ts'
import type { PruneReport, PruneRequest, StoreUpkeep } from '../upkeep.ts'
import type { MemoryLog } from './memory-log.ts'

/** Upkeep of a memory store. `checkOpen` throws once the store is closed. */
export function createMemoryUpkeep(log: MemoryLog, checkOpen: () => void): StoreUpkeep {
  return {
    prunable: async (request) => {
      checkOpen()
      return reportOf([...prunableRows(log, request)])
    },
    prune: async (request) => {
      checkOpen()
      checkLimit(request.limit)
      const rows = [...prunableRows(log, request)].slice(0, request.limit)
      log.delete(new Set(rows))
      return reportOf(rows)
    },
    batches: async ({ afterHeight, limit }) => {
      checkOpen()
      checkLimit(limit)
      const start = Math.max(0, afterHeight)
      return log.batches.slice(start, start + limit)
    },
    verify: async ({ signal } = {}) => {
      checkOpen()
      signal?.throwIfAborted()
      // Arrays do not rot.
      return { envelopes: log.counts.envelopes, batches: log.batches.length, faults: [] }
    },
    backup: async () => {
      checkOpen()
      throw new StorageError(
        'store/unsupported',
        'Back up the store: it lives in memory only, expected one on disk',
      )
    },
  }
}

function* prunableRows(
  log: MemoryLog,
  { category, committedBeforeNs }: Omit<PruneRequest, 'limit'>,
): Generator<StoredEnvelope> {
  const last = log.batches.findLast((batch) => batch.committedNs < committedBeforeNs)
  for (const row of log.arrivalsAfter(0)) {
    if (row.sequence > (last?.lastSequence ?? 0)) return
    if (topicCategory(row.contentTopic) === category) yield row
  }
}

function reportOf(rows: readonly StoredEnvelope[]): PruneReport {
  return {
    envelopes: rows.length,
    bytes: rows.reduce((sum, row) => sum + row.message.length, 0),
  }
}
