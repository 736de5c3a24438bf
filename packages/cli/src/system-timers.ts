// The machine's timers for stores that wait; none of them keeps the process alive.

/** A timer that can be cancelled. */
type Timer = { cancel(): void }

/** Timers of the machine. */
export const systemTimers = {
  after: (delayMs: number, callback: () => void): Timer => {
    const timer = setTimeout(callback, delayMs).unref()
    return { cancel: () => clearTimeout(timer) }
  },
  every: (periodMs: number, callback: () => void): Timer => {
    const timer = setInterval(callback, periodMs).unref()
    return { cancel: () => clearInterval(timer) }
  },
}
