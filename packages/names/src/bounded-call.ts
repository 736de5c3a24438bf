// One question to one resolver, bounded by its callers' signal and by a time.

import type { NamesClock } from './names-clock.ts'
import { asProtocolError, cancelled, timedOut } from './names-errors.ts'

/** Bounds of a call. */
export type CallBounds = {
  /** Starts the messages of errors, for instance `Resolve name`. */
  readonly action: string
  readonly signal: AbortSignal
  readonly clock: NamesClock
  readonly timeoutMs: number
}

/**
 * Runs `ask` until it settles, the time is over or the signal aborts; then it is told by its own signal, and
 * nobody waits for it any more.
 *
 * @throws TransportError `names/cancelled`, `names/timeout`, `names/unavailable`, and what `ask` throws of ours
 */
export async function callBounded<T>(
  bounds: CallBounds,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { action, signal, clock, timeoutMs } = bounds
  if (signal.aborted) throw cancelled(action)
  const call = new AbortController()
  const ended = new AbortController()
  const stopped = new Promise<never>((_, reject) => {
    const stop = (error: Error): void => {
      reject(error)
      call.abort(error)
    }
    signal.addEventListener('abort', () => stop(cancelled(action)), {
      once: true,
      signal: ended.signal,
    })
    void clock.sleep(timeoutMs, { signal: ended.signal }).then(() => {
      if (!ended.signal.aborted) stop(timedOut(action, timeoutMs))
    })
  })
  try {
    return await Promise.race([stopped, ask(call.signal)])
  } catch (cause) {
    throw asProtocolError(action, cause)
  } finally {
    ended.abort()
  }
}
