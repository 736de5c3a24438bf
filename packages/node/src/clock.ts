// The clock port: everything in the node that depends on time asks it.

/** A pending timer; `cancel` may be called any number of times. */
export type Timer = {
  cancel(): void
}

/** Time and timers. Timers never keep the process alive. */
export type Clock = {
  /** Nanoseconds since 1970. */
  nowNs(): bigint
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonicMs(): number
  /** Calls once after `delayMs`. */
  after(delayMs: number, callback: () => void): Timer
  /** Calls again and again, `periodMs` apart. */
  every(periodMs: number, callback: () => void): Timer
}
