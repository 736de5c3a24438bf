/** The first index whose row passes, in rows that fail first and pass later. */
export function firstIndex<Row>(rows: readonly Row[], passes: (row: Row) => boolean): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row !== undefined && passes(row)) high = middle
    else low = middle + 1
  }
  return low
}
