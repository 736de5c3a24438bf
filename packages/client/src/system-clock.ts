// The one place in the client that reads the machine's clock.

import type { Clock } from './clock.ts'

/** The machine's clock and the engine's timers. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (delayMs, { signal } = {}) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const finish = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', finish)
        resolve()
      }
      const timer = setTimeout(finish, delayMs)
      signal?.addEventListener('abort', finish, { once: true })
    }),
}
