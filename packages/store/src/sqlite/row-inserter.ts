import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

/** Inserts rows whose columns follow one another. */
export type RowInserter = (values: readonly SQLInputValue[]) => void

// A statement for so many rows costs half as much as many statements or less.
const rowsAtOnce = 16

/** Inserts rows of as many columns by a statement that ends with `VALUES`. */
export function rowInserter(database: DatabaseSync, insert: string, columns: number): RowInserter {
  const row = `(${Array(columns).fill('?').join(', ')})`
  const one = database.prepare(`${insert} ${row}`)
  const many = database.prepare(`${insert} ${Array(rowsAtOnce).fill(row).join(', ')}`)
  const valuesAtOnce = rowsAtOnce * columns
  return (values) => {
    let at = 0
    for (; at + valuesAtOnce <= values.length; at += valuesAtOnce) {
      many.run(...values.slice(at, at + valuesAtOnce))
    }
    for (; at < values.length; at += columns) one.run(...values.slice(at, at + columns))
  }
}
