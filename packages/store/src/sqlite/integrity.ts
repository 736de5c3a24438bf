// Looks through a database before anything is written to it.

import { accessSync, constants, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { damageError } from './storage-error.ts'

// Takes a few milliseconds per MiB, and a node should start at once: larger databases show damage when it
// is met.
const maxCheckedBytes = 32 * 1024 * 1024

/**
 * Makes sure that a database can be read and written, and that the pages of a small one hang together.
 * Reads only; gives the layout version.
 *
 * @throws StorageError `store/corrupt`, and the errors of SQLite and of the system
 */
export function checkIntegrity(path: string): number {
  accessSync(path, constants.R_OK | constants.W_OK)
  const database = new DatabaseSync(locationOf(path), { readOnly: true, timeout: 5_000 })
  try {
    database.prepare('SELECT max(height) FROM batches').get()
    if (statSync(path).size <= maxCheckedBytes) checkPages(path, database)
    return Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  } finally {
    database.close()
  }
}

function checkPages(path: string, database: DatabaseSync): void {
  const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (found !== 'ok') throw damageError(`Open ${path}`, `damaged: ${found}`)
}

/** Where to open a database that nobody else has open, only to read it. */
// Without a log the file is complete, and a look at it as one that never changes leaves no files behind.
export function locationOf(path: string): URL {
  const location = pathToFileURL(path)
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
  if (log === undefined || log.size === 0) location.searchParams.set('immutable', '1')
  return location
}
