// A copy of the store in a folder of its own, to be looked through without touching the file it comes from.

import { constants } from 'node:fs'
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { StorageError } from '@posthorn/errors'
import { openSqliteStore, type Store } from '@posthorn/store'

/** Name of the database in the folder of a store. */
export const databaseName = 'envelopes.sqlite'

/** A folder with a copy; it goes when it is disposed of. */
export type CopiedStore = AsyncDisposable & {
  readonly folder: string
  /** @throws StorageError as `openSqliteStore` */
  open(): Promise<Store>
}

/**
 * Copies a backup into a new folder beside `place`, on the same disk.
 *
 * @throws StorageError `cli/cannot-read-file`
 */
export async function copyStore(file: string, place: string): Promise<CopiedStore> {
  const folder = await mkdtemp(join(dirname(resolve(place)), '.posthorn-copy-'))
  const database = join(folder, databaseName)
  try {
    await copyFile(file, database, constants.COPYFILE_FICLONE)
    await chmod(database, 0o600)
  } catch (cause) {
    await rm(folder, { recursive: true, force: true })
    throw new StorageError('cli/cannot-read-file', 'Read backup: the file cannot be copied', {
      cause,
    })
  }
  return {
    folder,
    open: () => openSqliteStore({ directory: folder }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
