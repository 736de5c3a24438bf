// Reads the database of a node while the node runs. It takes no lock and writes nothing, so the node is not
// disturbed; and it tells whether the node is still there.

import { join } from 'node:path'
import { StorageError } from '@posthorn/errors'
import { checkLimit } from './errors.ts'
import type { Settings } from './settings-store.ts'
import { checkPresentLayout } from './sqlite/database-file.ts'
import { takeLock } from './sqlite/lock.ts'
import { unpackRows } from './sqlite/packed-rows.ts'
import { StoreThreads } from './sqlite/store-threads.ts'
import type { StoreCounts, StoredEnvelope, TailQuery } from './store.ts'

/** A store of another process, to be read. */
export type FollowedStore = AsyncDisposable & {
  tail(query: TailQuery): Promise<readonly StoredEnvelope[]>
  counts(): Promise<StoreCounts>
  settings(): Promise<Settings>
  /** Whether a process has it open for writing. */
  isInUse(): boolean
}

/**
 * Opens the database in a directory for reading.
 *
 * @throws StorageError `store/older-version` when a node of this release has not opened it yet,
 * `store/corrupt`, `store/foreign`, `store/newer-version`, `store/unavailable`
 */
export function followSqliteStore(directory: string): FollowedStore {
  const path = join(directory, 'envelopes.sqlite')
  checkPresentLayout(path)
  const threads = new StoreThreads({ path })
  return {
    tail: async (query) => {
      checkLimit(query.limit)
      return unpackRows(await threads.read('tail', query))
    },
    counts: () => threads.read('counts', null),
    settings: () => threads.read('settings', null),
    isInUse: () => isLocked(join(directory, 'envelopes.lock')),
    [Symbol.asyncDispose]: () => threads[Symbol.asyncDispose](),
  }
}

function isLocked(path: string): boolean {
  try {
    takeLock(path)[Symbol.dispose]()
    return false
  } catch (error) {
    if (error instanceof StorageError && error.code === 'store/in-use') return true
    throw error
  }
}
