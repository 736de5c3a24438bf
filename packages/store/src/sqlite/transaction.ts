import type { DatabaseSync } from 'node:sqlite'

/** Does some work in a transaction that writes: whole, or not at all when it throws. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // SQLite has rolled back by itself after some failures.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Reads one moment of the database in several statements. */
export function inSnapshot<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN')
  try {
    return work()
  } finally {
    if (database.isTransaction) database.exec('COMMIT')
  }
}
