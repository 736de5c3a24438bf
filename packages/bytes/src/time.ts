// Times cross module borders as bigint nanoseconds or as Date.

const nsPerMs = 1_000_000n

/** Nanoseconds since 1970 of a whole number of milliseconds. */
export function msToNs(ms: number | bigint): bigint {
  return BigInt(ms) * nsPerMs
}

/** Milliseconds since 1970, rounded down. */
export function nsToMs(ns: bigint): number {
  return Number(ns / nsPerMs)
}

/** Nanoseconds since 1970 of a date. */
export function dateToNs(date: Date): bigint {
  return msToNs(date.getTime())
}

/** The date of a nanosecond time, rounded down to milliseconds. */
export function nsToDate(ns: bigint): Date {
  return new Date(nsToMs(ns))
}
