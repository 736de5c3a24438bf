// The layouts of the file, one step from each to the next. What cells contain has a version of its own.

import type { DatabaseSync } from 'node:sqlite'
import { StorageError } from '@posthorn/errors'
import { newerVersionError } from '../errors.ts'

/** "PHLS" in the file's header: this database is a local store of ours. */
const applicationId = 0x50484c53

/** SQL from each layout version to the next; the first from an empty file. */
export const migrations: readonly string[] = [
  `CREATE TABLE cells (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE head (revision INTEGER NOT NULL) STRICT;
   INSERT INTO head VALUES (0);`,
]

/**
 * Brings a database to the layout that the steps lead to, in one transaction.
 *
 * @throws StorageError `local-store/foreign`, `local-store/newer-version`
 */
export function migrate(database: DatabaseSync, steps: readonly string[] = migrations): void {
  if (versionOf(database) === steps.length) return
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have migrated meanwhile.
    for (const step of steps.slice(versionOf(database))) database.exec(step)
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }

  function versionOf(of: DatabaseSync): number {
    const version = numberIn(of, 'PRAGMA user_version')
    if (version > steps.length) throw newerVersionError()
    checkOwner(of, version)
    return version
  }
}

function checkOwner(database: DatabaseSync, version: number): void {
  const isNew = version === 0 && numberIn(database, 'SELECT count(*) FROM sqlite_schema') === 0
  if (isNew || numberIn(database, 'PRAGMA application_id') === applicationId) return
  throw new StorageError(
    'local-store/foreign',
    'Open the local store: the database belongs to another program; choose another directory',
  )
}

function numberIn(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0])
}
