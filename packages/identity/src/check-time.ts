// Times that callers hand in must fit the wire's 64-bit fields.

import { UsageError } from '@posthorn/errors'

const maxNs = 2n ** 64n - 1n
// Latest time that a Date can hold.
const maxMs = 8_640_000_000_000_000

/** Refuses a time that is not a whole number of milliseconds since 1970. @throws UsageError `identity/bad-time` */
export function requireMs(timeMs: number): void {
  if (Number.isInteger(timeMs) && timeMs >= 0 && timeMs <= maxMs) return
  throw badTime('a whole number of milliseconds since 1970')
}

/** Refuses a time that is not 64 bits of nanoseconds since 1970. @throws UsageError `identity/bad-time` */
export function requireNs(timeNs: bigint): void {
  if (timeNs >= 0n && timeNs <= maxNs) return
  throw badTime('nanoseconds since 1970 in 64 bits')
}

function badTime(wanted: string): UsageError {
  return new UsageError('identity/bad-time', `Use time: found another value, wanted ${wanted}`)
}
