// The time that data is stamped and deleted by. A machine's clock that jumps ahead, by a mistake of whoever sets it,
// must not make everything look old: retention would delete it, and no later stamp may be before an earlier one.

import type { Clock } from './clock.ts'

// As far as clocks are corrected in passing.
const toleranceMs = 60_000
const believedAfterMs = 24 * 3_600_000
const nsPerMs = 1_000_000n

/**
 * A clock that takes a jump ahead for true only when it has lasted for a day; until then its time goes on from what
 * it was. A clock that goes back is followed at once: nothing is deleted too early by it.
 *
 * @param onJump called once for each jump ahead that is not taken for true yet
 */
export function createSteadyClock(clock: Clock, onJump: (aheadMs: number) => void): Clock {
  let startMs = clock.monotonicMs()
  let startNs = clock.nowNs()
  let jumpedAtMs: number | undefined

  const nowNs = (): bigint => {
    const wallNs = clock.nowNs()
    const elapsedMs = clock.monotonicMs() - startMs
    const steadyNs = startNs + BigInt(Math.floor(elapsedMs)) * nsPerMs
    const aheadMs = Number((wallNs - steadyNs) / nsPerMs)
    if (aheadMs <= 0) {
      jumpedAtMs = undefined
      return wallNs
    }
    if (aheadMs > toleranceMs && !isOld(aheadMs)) return steadyNs
    startMs += elapsedMs
    startNs = wallNs
    jumpedAtMs = undefined
    return wallNs
  }

  const isOld = (aheadMs: number): boolean => {
    const nowMs = clock.monotonicMs()
    if (jumpedAtMs === undefined) {
      jumpedAtMs = nowMs
      onJump(aheadMs)
    }
    return nowMs - jumpedAtMs >= believedAfterMs
  }

  return {
    nowNs,
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, callback) => clock.after(delayMs, callback),
    every: (periodMs, callback) => clock.every(periodMs, callback),
  }
}
