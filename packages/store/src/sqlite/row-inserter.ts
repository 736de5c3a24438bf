import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

/** Inserts rows whose columns follow one another. */
export type RowInserter = (values: readonly SQLInputValue[]) => void

// A statement for many rows costs half as much as many statements or less. The largest that fits comes first.
const rowsAtOnce = [32, 4, 1]

/** Inserts rows of as many columns by a statement that ends with `VALUES`. */
export function rowInserter(database: DatabaseSync, insert: string, columns: number): RowInserter {
  const row = `(${Array(columns).fill('?').join(', ')})`
  const statements = rowsAtOnce.map((rows) => ({
    statement: database.prepare(`${insert} ${Array(rows).fill(row).join(', ')}`),
    count: rows * columns,
  }))
  return (values) => {
    let at = 0
    for (const { statement, count } of statements) {
      for (; at + count <= values.length; at += count)
        statement.run(...values.slice(at, at + count))
    }
  }
}
