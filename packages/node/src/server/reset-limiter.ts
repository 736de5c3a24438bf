// How often a client may reset streams on one connection: opening and resetting at once costs it
// nothing and the node much.

import type { Clock } from '../clock.ts'

/** Counts the resets of one connection. */
export type ResetLimiter = {
  /** False when the connection has reset more than it may. */
  count(): boolean
}

// Enough for a client that drops all its subscriptions at once.
const burst = 1_000
const refillPerMs = 0.2

/** Creates a limiter with a full allowance. */
export function createResetLimiter(clock: Clock): ResetLimiter {
  let allowance = burst
  let lastMs = clock.monotonicMs()
  return {
    count: () => {
      const nowMs = clock.monotonicMs()
      allowance = Math.min(burst, allowance + (nowMs - lastMs) * refillPerMs) - 1
      lastMs = nowMs
      return allowance >= 0
    },
  }
}
