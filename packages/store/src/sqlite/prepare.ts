import type { DatabaseSync, StatementSync } from 'node:sqlite'

// A limit is written `LIMIT +?`: SQLite would plan a statement anew for each value of a plain `LIMIT ?`, at twice the cost
// of running it.

/** A statement that reads integers as bigint. */
export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  return statement
}

/** The same for many rows, which come as arrays of their columns: objects would take a third longer. */
export function prepareRows(database: DatabaseSync, sql: string): StatementSync {
  const statement = prepare(database, sql)
  statement.setReturnArrays(true)
  return statement
}
