// The timer port: everything here that waits asks it.

/** A timer that has not run yet, or runs again and again. */
export type StoreTimer = { cancel(): void }

/** Timers; they never keep the process alive. */
export type StoreTimers = {
  /** Calls once after `delayMs`. */
  after(delayMs: number, callback: () => void): StoreTimer
  /** Calls again and again, `periodMs` apart. */
  every(periodMs: number, callback: () => void): StoreTimer
}

/** Resolves after `delayMs`. */
export function pause(timers: StoreTimers, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    timers.after(delayMs, resolve)
  })
}
