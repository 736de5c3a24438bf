// Cells in one SQLite table. Commits wait for the disk; processes that share the file meet at its revision.

import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Cell, CellCommit, CellEngine, CellRange } from '../cells/cell-engine.ts'
import { closedError } from '../errors.ts'
import { migrate } from './migrations.ts'
import { sqliteError } from './sqlite-error.ts'

const busyTimeoutMs = 5_000

/**
 * Opens or creates a database file, mode 0600 in a directory of mode 0700.
 *
 * @throws StorageError `local-store/unavailable`, `local-store/corrupt`, `local-store/foreign`,
 *   `local-store/newer-version`
 */
export function openSqliteEngine(path: string): CellEngine {
  let database: DatabaseSync | undefined
  try {
    createPrivateFile(path)
    database = new DatabaseSync(path, { timeout: busyTimeoutMs })
    // Whose it is comes before anything that would write to it.
    database.exec('PRAGMA page_size = 8192')
    migrate(database)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    return createEngine(database)
  } catch (cause) {
    database?.close()
    throw sqliteError('Open the local store', cause)
  }
}

// The write-ahead log takes its mode from the database file.
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
}

type Statements = Readonly<Record<keyof typeof sql, StatementSync>>

const sql = {
  revision: 'SELECT revision FROM head',
  advance: 'UPDATE head SET revision = revision + 1',
  get: 'SELECT value FROM cells WHERE key = ?',
  ascending: 'SELECT key, value FROM cells WHERE key >= ? AND key < ? ORDER BY key LIMIT ?',
  descending: 'SELECT key, value FROM cells WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ?',
  put: 'INSERT INTO cells VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  delete: 'DELETE FROM cells WHERE key = ?',
  deleteAll: 'DELETE FROM cells',
}

function createEngine(database: DatabaseSync): CellEngine {
  const statements = Object.fromEntries(
    Object.entries(sql).map(([name, text]) => [name, database.prepare(text)]),
  ) as Statements

  // Synchronous beneath: each call is over before another begins, so no transaction sees a foreign statement.
  async function run<T>(action: string, work: () => T): Promise<T> {
    if (!database.isOpen) throw closedError()
    try {
      return work()
    } catch (cause) {
      throw sqliteError(action, cause)
    }
  }

  return {
    revision: () => run('Read the local store', () => revisionIn(statements)),
    get: (keys) =>
      run('Read the local store', () =>
        keys.map((key) => statements.get.get(key)?.['value'] as Uint8Array | undefined),
      ),
    scan: (range) => run('Read the local store', () => scan(statements, range)),
    commit: (commit) =>
      run('Write to the local store', () =>
        inTransaction(database, () => write(statements, commit)),
      ),
    wipe: () => run('Wipe the local store', () => wipe(database, statements)),
    [Symbol.asyncDispose]: async () => {
      if (database.isOpen) database.close()
    },
  }
}

function revisionIn({ revision }: Statements): number {
  return Number(revision.get()?.['revision'])
}

function scan(statements: Statements, { from, before, direction, limit }: CellRange): Cell[] {
  const rows = statements[direction ?? 'ascending'].all(from, before, limit)
  return rows as unknown as Cell[]
}

function write(statements: Statements, { atRevision, puts, deletes }: CellCommit): boolean {
  if (revisionIn(statements) !== atRevision) return false
  for (const { key, value } of puts) statements.put.run(key, value)
  for (const key of deletes) statements.delete.run(key)
  statements.advance.run()
  return true
}

// What was deleted is overwritten: pages with zeros, the log by cutting it.
function wipe(database: DatabaseSync, statements: Statements): void {
  database.exec('PRAGMA secure_delete = ON')
  inTransaction(database, () => {
    statements.deleteAll.run()
    statements.advance.run()
    return true
  })
  database.exec('PRAGMA secure_delete = OFF; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
}

function inTransaction(database: DatabaseSync, work: () => boolean): boolean {
  database.exec('BEGIN IMMEDIATE')
  try {
    const isDone = work()
    database.exec(isDone ? 'COMMIT' : 'ROLLBACK')
    return isDone
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
