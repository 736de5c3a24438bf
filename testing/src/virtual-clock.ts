// A clock that stands still until a test moves it. It fits the clock ports of node, client and transport.

/** Time under a test's control. */
export type VirtualClock = {
  /** Milliseconds since 1970, as the wall clock shows them. */
  nowMs(): number
  /** Nanoseconds since 1970, as the wall clock shows them. */
  nowNs(): bigint
  /** Milliseconds since the clock was made; unlike the wall clock it never goes back. */
  monotonicMs(): number
  /** Calls once after `delayMs`. */
  after(delayMs: number, callback: () => void): { cancel(): void }
  /** Calls again and again, `periodMs` apart. */
  every(periodMs: number, callback: () => void): { cancel(): void }
  /** Resolves after `delayMs`, or at once when the signal aborts. */
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** Runs all timers of the next `byMs` milliseconds in order, letting promises settle in between. */
  advance(byMs: number): Promise<void>
  /** Sets the wall clock forward or back, as an administrator would; timers do not notice. */
  shiftWallClock(byMs: number): void
  /** Timers that have not run yet. */
  pendingTimers(): number
}

type Timer = { dueMs: number; readonly periodMs: number | undefined; readonly run: () => void }

/** A clock whose wall time starts at `startMs`, by default the first moment of 2025 (UTC). */
export function createVirtualClock(startMs: number = Date.UTC(2025, 0, 1)): VirtualClock {
  const timers = new Set<Timer>()
  let elapsedMs = 0
  let wallMs = startMs

  const add = (delayMs: number, periodMs: number | undefined, run: () => void) => {
    const timer: Timer = { dueMs: elapsedMs + Math.max(0, delayMs), periodMs, run }
    timers.add(timer)
    return { cancel: () => void timers.delete(timer) }
  }

  const nextDue = (untilMs: number): Timer | undefined => {
    const due = [...timers].filter((timer) => timer.dueMs <= untilMs)
    return due.sort((a, b) => a.dueMs - b.dueMs)[0]
  }

  const sleep: VirtualClock['sleep'] = (delayMs, { signal } = {}) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = (): void => {
        timer.cancel()
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = add(delayMs, undefined, wake)
      signal?.addEventListener('abort', wake, { once: true })
    })

  const advance = async (byMs: number): Promise<void> => {
    const untilMs = elapsedMs + byMs
    await settle()
    for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
      elapsedMs = timer.dueMs
      if (timer.periodMs === undefined) timers.delete(timer)
      else timer.dueMs += Math.max(1, timer.periodMs)
      timer.run()
      await settle()
    }
    elapsedMs = untilMs
  }

  return {
    nowMs: () => wallMs + elapsedMs,
    nowNs: () => BigInt(wallMs + elapsedMs) * 1_000_000n,
    monotonicMs: () => elapsedMs,
    after: (delayMs, callback) => add(delayMs, undefined, callback),
    every: (periodMs, callback) => add(periodMs, periodMs, callback),
    sleep,
    advance,
    shiftWallClock: (byMs) => {
      wallMs += byMs
    },
    pendingTimers: () => timers.size,
  }
}

// One turn of the real event loop: every promise that can settle without the network has settled.
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
