// How fast a job may go: its own limit, and whatever the node asks for.

import { AdmissionError, CodecError, StorageError, TransportError } from '@posthorn/errors'
import { isRetryable, retryDelayMs } from '@posthorn/transport'
import type { Clock } from './clock.ts'

/** The pace of one job, shared by everything it does at the same time. */
export type Pace = {
  /** Waits for the turn of `count` recipients. */
  take(count: number): Promise<void>
  /**
   * Calls until it works, for as long as that may be. A node that asks for time gets it from the whole job.
   *
   * @throws what the call throws when trying again cannot help, or has not helped many times;
   * TransportError `transport/cancelled` when the signal aborts
   */
  patiently<T>(call: () => Promise<T>): Promise<T>
}

/** What {@link createPace} takes. */
export type PaceOptions = {
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
  /** Recipients a second; default: as many as the node takes. */
  readonly perSecond?: number | undefined
  readonly signal: AbortSignal
  /** Tries of one call; default 10. A node that asks for time is given it, whatever the number. */
  readonly maxAttempts?: number | undefined
}

// With waits that double up to a minute: as long as a node takes to be started anew, and then some.
const defaultMaxAttempts = 10
const backOff = { baseDelayMs: 500, maxDelayMs: 60_000 }

/** Creates a pace. */
export function createPace(options: PaceOptions): Pace {
  const { clock, random, perSecond, signal, maxAttempts = defaultMaxAttempts } = options
  let turnMs = Number.NEGATIVE_INFINITY
  let heldUntilMs = Number.NEGATIVE_INFINITY

  async function sleepUntil(timeMs: () => number): Promise<void> {
    // Another call may have learned meanwhile that the wait is longer.
    for (let leftMs = timeMs() - clock.nowMs(); leftMs > 0; leftMs = timeMs() - clock.nowMs()) {
      await clock.sleep(leftMs, { signal })
      if (signal.aborted) break
    }
    if (signal.aborted) throw cancelled()
  }

  return {
    take: async (count) => {
      if (perSecond === undefined) return
      const ownTurnMs = Math.max(turnMs, clock.nowMs())
      turnMs = ownTurnMs + (count / perSecond) * 1_000
      await sleepUntil(() => ownTurnMs)
    },
    patiently: async (call) => {
      for (let attempt = 1; ; attempt++) {
        await sleepUntil(() => heldUntilMs)
        try {
          return await call()
        } catch (error) {
          if (signal.aborted) throw cancelled()
          const askedMs = waitAskedForMs(error)
          if (askedMs === undefined && !(mayPass(error) && attempt < maxAttempts)) throw error
          const delayMs = askedMs ?? retryDelayMs(attempt, { ...backOff, random })
          heldUntilMs = Math.max(heldUntilMs, clock.nowMs() + delayMs)
        }
      }
    },
  }
}

function waitAskedForMs(error: unknown): number | undefined {
  const isRate = error instanceof AdmissionError && error.code === 'rate/exceeded'
  return isRate ? (error.retryAfterMs ?? 1_000) : undefined
}

// A node in trouble, or an answer that cannot be read.
function mayPass(error: unknown): boolean {
  return isRetryable(error) || error instanceof StorageError || error instanceof CodecError
}

function cancelled(): TransportError {
  return new TransportError('transport/cancelled', 'Announce: the caller cancelled it')
}
