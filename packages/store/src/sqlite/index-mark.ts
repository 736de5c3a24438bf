// The mark up to which the indexes have all rows. A mark that damage moved up would hide rows, so it has a
// checksum.

import { crc32 } from 'node:zlib'
import { damageError } from './storage-error.ts'

/** What to read from `totals` for {@link markOf}. */
export const markColumns = 'indexed, indexed_checksum'

/** CRC-32 of a mark. */
export function checksumOfMark(indexed: number): number {
  return crc32(`indexed ${indexed}`)
}

/**
 * The mark in a row of `totals`.
 *
 * @throws StorageError `store/corrupt`
 */
export function markOf(row: Readonly<Record<string, unknown>> | undefined): number {
  const indexed = Number(row?.['indexed'])
  if (Number(row?.['indexed_checksum']) === checksumOfMark(indexed)) return indexed
  throw damageError('Read the store', 'its totals are damaged')
}
