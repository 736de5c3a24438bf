// SQLite's integers are signed, timestamps are not. Moving zero to the lowest signed number keeps
// the order of the whole unsigned range.

const shift = 2n ** 63n

/** The `time` column of a timestamp. */
export function timeOfTimestamp(timestampNs: bigint): bigint {
  return timestampNs - shift
}

/** The timestamp in a `time` column. */
export function timestampOfTime(time: bigint): bigint {
  return time + shift
}
