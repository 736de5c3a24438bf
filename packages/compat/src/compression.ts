// Numbers of compressions, as the published API has them.

import type { CompressionMethod } from '@posthorn/content'

/** How content is compressed, by number. */
export const Compression = {
  COMPRESSION_DEFLATE: 0,
  COMPRESSION_GZIP: 1,
  UNRECOGNIZED: -1,
  0: 'COMPRESSION_DEFLATE',
  1: 'COMPRESSION_GZIP',
  '-1': 'UNRECOGNIZED',
} as const

/** One of the numbers of {@link Compression}. */
export type Compression = 0 | 1 | -1

/** The name of a number, or undefined for none and for numbers that nobody knows. */
export function compressionOf(number: number | undefined): CompressionMethod | undefined {
  if (number === Compression.COMPRESSION_DEFLATE) return 'deflate'
  return number === Compression.COMPRESSION_GZIP ? 'gzip' : undefined
}
