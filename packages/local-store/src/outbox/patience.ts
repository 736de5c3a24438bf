// Waiting between tries: longer after each failure, spread by chance, cut short when woken.

import { ProtocolError } from '@posthorn/errors'

/** The timer port. */
export type OutboxTimers = {
  /** Resolves after `delayMs` milliseconds, or at once when the signal aborts. Never rejects. */
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}

/** How long to wait. */
export type PatienceOptions = {
  readonly timers: OutboxTimers
  /** A number in [0, 1). */
  readonly random: () => number
  /** First wait after a failure; default 1,000. It doubles with each one that follows. */
  readonly baseDelayMs?: number | undefined
  /** Longest wait; default 60,000. */
  readonly maxDelayMs?: number | undefined
}

/** Waits after failures. */
export type Patience = {
  /** Waits after failure number `failures` in a row, at least as long as the error asks. */
  pause(failures: number, error: unknown): Promise<void>
  /** Ends all waits. */
  wake(): void
}

/** Creates what waits; the signal ends all waits for good. */
export function createPatience(options: PatienceOptions, signal: AbortSignal): Patience {
  const { timers, random, baseDelayMs = 1_000, maxDelayMs = 60_000 } = options
  let waking = new AbortController()
  return {
    pause: (failures, error) => {
      const ceilingMs = Math.min(baseDelayMs * 2 ** (failures - 1), maxDelayMs)
      const askedMs = error instanceof ProtocolError ? (error.retryAfterMs ?? 0) : 0
      const delayMs = Math.max(askedMs, Math.round(ceilingMs / 2 + (random() * ceilingMs) / 2))
      return timers.sleep(delayMs, { signal: AbortSignal.any([signal, waking.signal]) })
    },
    wake: () => {
      waking.abort()
      waking = new AbortController()
    },
  }
}
