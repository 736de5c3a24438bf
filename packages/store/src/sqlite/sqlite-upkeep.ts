import { checkLimit } from '../errors.ts'
import type { PruneReport, PruneRequest, StoreUpkeep } from '../upkeep.ts'
import type { StoreThreads } from './store-threads.ts'
import { verifyInSteps } from './verify.ts'

/** Upkeep of the store's database, in a thread of its own; deletions are the writer's. */
export function createSqliteUpkeep(threads: StoreThreads): StoreUpkeep {
  const prune = createPrune(threads)
  let backups: Promise<unknown> = Promise.resolve()
  return {
    prunable: async (request) => {
      await indexAll(threads)
      return threads.upkeep('countPrunable', request)
    },
    prune: async (request) => {
      checkLimit(request.limit)
      return prune(request)
    },
    batches: async (page) => {
      checkLimit(page.limit)
      return threads.read('batches', page)
    },
    verify: ({ signal } = {}) =>
      verifyInSteps(
        {
          verifyBatches: (head) => threads.upkeep('verifyBatches', head),
          verifyTotals: () => threads.upkeep('verifyTotals', null),
          verifyIndexes: () => threads.upkeep('verifyIndexes', null),
        },
        signal,
      ),
    backup: async (file, { onProgress } = {}) => {
      // One after the other: two to the same file would be in each other's way.
      const backup = backups.then(() => threads.upkeep('backUp', file, { onProgress }))
      backups = backup.catch(() => undefined)
      await backup
    },
  }
}

// Rows that are appended meanwhile are too young for any rule.
async function indexAll(threads: StoreThreads): Promise<void> {
  const { lastSequence } = await threads.read('counts', null)
  while (!(await threads.write('index', lastSequence)));
}

// Publishes wait for as many deletions at most.
const rowsAtATime = 500

function createPrune(threads: StoreThreads): (request: PruneRequest) => Promise<PruneReport> {
  // Topics below it were searched by the last call, so the next one begins there.
  let fromTopic = 0
  return async (request) => {
    await indexAll(threads)
    let found = await threads.upkeep('findPrunable', { ...request, fromTopic })
    if (found.sequences.length === 0 && fromTopic > 0) {
      found = await threads.upkeep('findPrunable', { ...request, fromTopic: 0 })
    }
    fromTopic = found.fromTopic
    const sum = { envelopes: 0, bytes: 0 }
    for (let at = 0; at < found.sequences.length; at += rowsAtATime) {
      const sequences = found.sequences.slice(at, at + rowsAtATime)
      const { envelopes, bytes } = await threads.write('deleteRows', sequences)
      sum.envelopes += envelopes
      sum.bytes += bytes
    }
    return sum
  }
}
