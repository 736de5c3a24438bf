// A copy of the store in a folder of its own, to be looked through without touching the file it comes from.

import { constants } from 'node:fs'
import { access, chmod, copyFile, mkdtemp, rm } from 'node:fs/promises'
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
 * @throws StorageError `cli/cannot-read-file`, `cli/cannot-write-file`
 */
export async function copyStore(file: string, place: string): Promise<CopiedStore> {
  const folder = await folderBeside(file, resolve(place))
  const database = join(folder, databaseName)
  try {
    await copyFile(file, database, constants.COPYFILE_FICLONE)
    await chmod(database, 0o600)
  } catch (cause) {
    await rm(folder, { recursive: true, force: true })
    throw unreadable(file, cause)
  }
  return {
    folder,
    open: () => openSqliteStore({ directory: folder }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function folderBeside(file: string, place: string): Promise<string> {
  try {
    await access(file, constants.R_OK)
  } catch (cause) {
    throw unreadable(file, cause)
  }
  const parent = dirname(place)
  try {
    return await mkdtemp(join(parent, '.posthorn-copy-'))
  } catch (cause) {
    throw new StorageError(
      'cli/cannot-write-file',
      `Read backup: nothing can be written into ${parent}, expected room for a copy there`,
      { cause },
    )
  }
}

function unreadable(file: string, cause: unknown): StorageError {
  const message = `Read backup: ${file} cannot be copied, expected a file that may be read`
  return new StorageError('cli/cannot-read-file', message, { cause })
}
