// Looks through a database before anything is written to it.

import { accessSync, constants, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { StorageError } from '@posthorn/errors'

// Takes a few milliseconds per MiB, and a node should start at once: larger databases show damage when it
// is met.
const maxCheckedBytes = 32 * 1024 * 1024

/**
 * Makes sure that a database can be read and written, and that the pages of a small one hang together.
 * Reads only.
 *
 * @throws StorageError `store/corrupt`, and the errors of SQLite and of the system
 */
export function checkIntegrity(path: string): void {
  accessSync(path, constants.R_OK | constants.W_OK)
  const database = new DatabaseSync(locationOf(path), { readOnly: true, timeout: 5_000 })
  try {
    database.prepare('SELECT max(height) FROM batches').get()
    if (statSync(path).size > maxCheckedBytes) return
    const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
    if (found !== 'ok') throw damaged(path, String(found))
  } finally {
    database.close()
  }
}

// Without a log the file is complete, and a look at it as one that never changes leaves no files behind.
function locationOf(path: string): URL {
  const location = pathToFileURL(path)
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
  if (log === undefined || log.size === 0) location.searchParams.set('immutable', '1')
  return location
}

function damaged(path: string, found: string): StorageError {
  const wanted = 'restore the directory from a backup, or move it away to begin anew'
  return new StorageError('store/corrupt', `Open ${path}: damaged: ${found}; ${wanted}`)
}
