import type { StoreTimers } from '../timers.ts'

/** The event loop's timers, for tests against a real server. */
export const testTimers: StoreTimers = {
  after: (delayMs, callback) => {
    const handle = setTimeout(callback, delayMs)
    return { cancel: () => clearTimeout(handle.unref()) }
  },
  every: (periodMs, callback) => {
    const handle = setInterval(callback, periodMs)
    return { cancel: () => clearInterval(handle.unref()) }
  },
}
