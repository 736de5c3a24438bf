// Where a page begins and ends in one topic's order, as the parameters of a statement.

import { compareCursors, maxTimestampNs, type TimeCursor } from '@posthorn/envelope'
import type { RangeQuery } from '../store.ts'
import { timeOfTimestamp } from './time.ts'

/** Parameters of the statements in reader.ts: beyond (time, digest), as far as `farTime`. */
export type PageBounds = {
  readonly time: bigint
  readonly digest: Uint8Array
  readonly farTime: bigint
  /** Digests alone must be beyond this one, too. */
  readonly digestBeyond: Uint8Array
}

const beforeAllDigests = new Uint8Array(0)
const afterAllDigests = new Uint8Array(33).fill(0xff)

/** The bounds of a query, or undefined when no row can lie between them. */
export function boundsOf(query: RangeQuery): PageBounds | undefined {
  const { startNs = 0n, endNs = maxTimestampNs, after, direction } = query
  const isAscending = direction === 'ascending'
  if (startNs > maxTimestampNs || endNs < 0n || startNs > endNs) return undefined
  const start = clamp({ timestampNs: startNs, digest: beforeAllDigests })
  const end = clamp({ timestampNs: endNs, digest: afterAllDigests })
  const [near, far] = isAscending ? [start, end] : [end, start]
  const from = later(near, cursorOf(after) ?? near, isAscending)
  return {
    time: timeOfTimestamp(from.timestampNs),
    digest: from.digest,
    farTime: timeOfTimestamp(far.timestampNs),
    digestBeyond: digestBound(after, isAscending),
  }
}

function cursorOf(after: RangeQuery['after']): TimeCursor | undefined {
  if (after?.timestampNs === undefined) return undefined
  return clamp({ timestampNs: after.timestampNs, digest: after.digest })
}

// Times outside the unsigned 64 bits lie before or after every row.
function clamp(place: TimeCursor): TimeCursor {
  if (place.timestampNs < 0n) return { timestampNs: 0n, digest: beforeAllDigests }
  if (place.timestampNs > maxTimestampNs) {
    return { timestampNs: maxTimestampNs, digest: afterAllDigests }
  }
  return place
}

function later(a: TimeCursor, b: TimeCursor, isAscending: boolean): TimeCursor {
  return compareCursors(a, b) > 0 === isAscending ? a : b
}

function digestBound(after: RangeQuery['after'], isAscending: boolean): Uint8Array {
  if (after !== undefined && after.timestampNs === undefined) return after.digest
  return isAscending ? beforeAllDigests : afterAllDigests
}
