import { compareBytes } from '@posthorn/bytes'
import type { TimeCursor } from './cursor.ts'

/** The one total order of stored envelopes: sender's time, then digest as raw bytes. */
export function compareCursors(a: TimeCursor, b: TimeCursor): number {
  if (a.timestampNs !== b.timestampNs) return a.timestampNs < b.timestampNs ? -1 : 1
  return compareBytes(a.digest, b.digest)
}
