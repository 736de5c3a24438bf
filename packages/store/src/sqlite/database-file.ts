// Creates the database file, or makes sure that an existing one is ours before SQLite touches it.

import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StorageError } from '@posthorn/errors'
import type { StoreClock } from '../store.ts'
import { systemClock } from '../system-clock.ts'
import { checkIntegrity } from './integrity.ts'
import { migrateDatabase } from './migration.ts'
import { createPrivateFile, syncPath } from './private-file.ts'
import { applicationId, createSchema, pageBytes, schemaVersion } from './schema.ts'
import { damageError, storageError } from './storage-error.ts'

/**
 * Leaves a usable database of the present layout at `path`. Call only while holding the lock. A file that is
 * refused is not changed; batches from before they had times get that of the clock.
 *
 * @throws StorageError `store/corrupt`, `store/foreign`, `store/newer-version`, `store/unavailable`
 */
export function prepareDatabaseFile(path: string, clock: StoreClock = systemClock): void {
  try {
    if (!existsSync(path)) createDatabase(path)
    else if (checkDatabase(path) < schemaVersion) migrateDatabase(path, clock.nowNs())
  } catch (cause) {
    throw storageError(`Open ${path}`, cause)
  }
}

/**
 * Makes sure that a database is there and of the present layout. Writes nothing, so it needs no lock.
 *
 * @throws StorageError as {@link prepareDatabaseFile}, and `store/older-version`
 */
export function checkPresentLayout(path: string): void {
  try {
    if (checkDatabase(path) === schemaVersion) return
  } catch (cause) {
    throw storageError(`Open ${path}`, cause)
  }
  throw new StorageError(
    'store/older-version',
    `Open ${path}: the layout is of an earlier release; start a node of this release on it once`,
  )
}

/** The layout version of a database that is ours and whole. */
function checkDatabase(path: string): number {
  checkHeader(path)
  const version = checkIntegrity(path)
  checkVersion(path, version)
  return version
}

// Built under another name, so that the file is either whole or not there.
function createDatabase(path: string): void {
  if (existsSync(`${path}-wal`)) {
    throw corrupt(path, 'the database is missing, but its write-ahead log is there')
  }
  const draft = `${path}.new`
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(draft + suffix, { force: true })
  createPrivateFile(draft)
  const database = new DatabaseSync(draft)
  database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL; BEGIN;
    PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion};
    ${createSchema()} COMMIT;`)
  database.close()
  renameSync(draft, path)
  syncPath(dirname(path))
}

// See https://www.sqlite.org/fileformat.html, "The Database Header".
const headerBytes = 100
const magic = 'SQLite format 3\0'

function checkHeader(path: string): void {
  const { header, fileBytes } = readHeader(path)
  if (header.toString('latin1', 0, magic.length) !== magic) {
    throw corrupt(path, 'not a SQLite database')
  }
  if (header.readUInt32BE(68) !== applicationId) {
    throw new StorageError(
      'store/foreign',
      `Open ${path}: the database belongs to another program; choose another directory`,
    )
  }
  checkVersion(path, header.readUInt32BE(60))
  checkLength(path, header, fileBytes)
}

// The header's version is looked at before SQLite is let in, the write-ahead log's once it is.
function checkVersion(path: string, version: number): void {
  if (version < 1) throw corrupt(path, `layout version ${version}, expected 1 or more`)
  if (version <= schemaVersion) return
  throw new StorageError(
    'store/newer-version',
    `Open ${path}: layout version ${version}, known up to ${schemaVersion}; use the newer release that wrote it`,
    { details: { version } },
  )
}

function readHeader(path: string): { readonly header: Buffer; readonly fileBytes: number } {
  const handle = openSync(path, 'r')
  try {
    const header = Buffer.alloc(headerBytes)
    readSync(handle, header, 0, headerBytes, 0)
    return { header, fileBytes: fstatSync(handle).size }
  } finally {
    closeSync(handle)
  }
}

// After a crash amid a checkpoint the file may be short; then the write-ahead log has the rest.
function checkLength(path: string, header: Buffer, fileBytes: number): void {
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
  if (log !== undefined && log.size > 0) return
  const wanted = header.readUInt16BE(16) * header.readUInt32BE(28)
  if (fileBytes < wanted) throw corrupt(path, `${fileBytes} bytes long, expected ${wanted}`)
}

function corrupt(path: string, found: string): StorageError {
  return damageError(`Open ${path}`, found)
}
