import { msToNs } from '@posthorn/bytes'
import type { Clock } from './clock.ts'

/** Times for what this client sends, in nanoseconds since 1970. */
export type SendTimes = {
  /**
   * Now, or a little later: always at least `stepNs` after the time given before, so that what is sent first
   * sorts first, even within one tick of the clock.
   */
  next(stepNs?: bigint): bigint
}

/** Creates times out of a clock. */
export function createSendTimes(clock: Clock): SendTimes {
  let lastNs = 0n
  return {
    next: (stepNs = 1n) => {
      const nowNs = msToNs(clock.nowMs())
      lastNs = nowNs >= lastNs + stepNs ? nowNs : lastNs + stepNs
      return lastNs
    },
  }
}
