// Reading cells as records: one by one, or a stretch of any length in bounded pages.

import type { StorageError } from '@posthorn/errors'
import { corruptError } from '../errors.ts'
import type { CellRange } from './cell-engine.ts'

/** A cell that was read: its record, or why there is none. */
export type OpenedCell =
  | { readonly kind: 'record'; readonly key: string; readonly record: unknown }
  | { readonly kind: 'damaged'; readonly key: string; readonly error: StorageError }

/** Reads of records. */
export type CellReads = {
  /** In the order of the keys; undefined where there is no cell. */
  get(keys: readonly string[]): Promise<readonly (OpenedCell | undefined)[]>
  scan(range: CellRange): Promise<readonly OpenedCell[]>
}

/** A stretch of cells, however many. */
export type WholeRange = Omit<CellRange, 'limit'>

const pageCells = 256

/** All cells of a stretch, a page in memory at a time. */
export async function* eachPage(
  reads: Pick<CellReads, 'scan'>,
  range: WholeRange,
): AsyncGenerator<readonly OpenedCell[], void> {
  let rest = range
  for (;;) {
    const page = await reads.scan({ ...rest, limit: pageCells })
    yield page
    const last = page.at(-1)
    if (last === undefined || page.length < pageCells) return
    rest = beyond(rest, last.key)
  }
}

/** What of a range lies beyond a key in its direction. */
export function beyond<T extends WholeRange>(range: T, key: string): T {
  // No key contains a character below '!' or begins with another key.
  return range.direction === 'descending'
    ? { ...range, before: key }
    : { ...range, from: `${key}!` }
}

/** The record of a cell, or undefined where there is none. @throws StorageError `local-store/corrupt` */
export function recordOf(cell: OpenedCell | undefined): unknown {
  if (cell === undefined) return undefined
  if (cell.kind === 'damaged') throw corruptError('a record is damaged', cell.error)
  return cell.record
}

/** The record of a cell, or undefined where there is none or a damaged one. */
export function presentIn(cell: OpenedCell | undefined): unknown {
  return cell?.kind === 'record' ? cell.record : undefined
}
