/** The first rows, up to the one with which their messages reach `maxBytes`. */
export function takeBytes<Row extends { readonly message: Uint8Array }>(
  rows: Iterable<Row>,
  maxBytes: number = Number.POSITIVE_INFINITY,
): Row[] {
  const taken: Row[] = []
  let bytes = 0
  for (const row of rows) {
    taken.push(row)
    bytes += row.message.length
    if (bytes >= maxBytes) break
  }
  return taken
}
