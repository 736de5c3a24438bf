import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** A statement that reads integers as bigint. */
export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  return statement
}
