// One process writes to a directory. An exclusive transaction on an otherwise empty database is a
// lock of the operating system, which goes with its process however that ends.

import { DatabaseSync } from 'node:sqlite'
import { StorageError } from '@posthorn/errors'
import { createPrivateFile } from './private-file.ts'
import { isBusy, storageError } from './storage-error.ts'

/**
 * Takes the lock of a store; disposing gives it back.
 *
 * @throws StorageError `store/in-use` when another process or another store here holds it,
 * `store/unavailable` when the file cannot be used
 */
export function takeLock(path: string): Disposable {
  const lock = openLock(path)
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw refusal(path, cause)
  }
  return { [Symbol.dispose]: () => lock.close() }
}

function openLock(path: string): DatabaseSync {
  try {
    createPrivateFile(path)
    return new DatabaseSync(path, { timeout: 0 })
  } catch (cause) {
    throw storageError(`Lock ${path}`, cause)
  }
}

function refusal(path: string, cause: unknown): StorageError {
  if (!isBusy(cause)) return storageError(`Lock ${path}`, cause)
  return new StorageError(
    'store/in-use',
    `Lock ${path}: another process is using this store; stop it or choose another directory`,
    { cause },
  )
}
