// One call, bounded by its owners' signals and by a timeout; whatever stops it becomes one of our errors.

import { ProtocolError, TransportError } from '@posthorn/errors'
import type { Timers } from './timers.ts'

const quarters = 4

/** Bounds of one call. */
export type CallBounds = {
  /** Starts the messages of errors, for instance `Publish`. */
  readonly action: string
  /** Any of them cancels the call. */
  readonly signals: readonly (AbortSignal | undefined)[]
  /** Without timers there is no timeout. */
  readonly timers?: Timers | undefined
  /** How long it may show no sign of life. */
  readonly timeoutMs: number
}

/** A running call: its signal, how to show that it lives, and how to name its failure. */
export type BoundedCall = {
  readonly signal: AbortSignal
  /** Notes a sign of life: the call may go on for at least `timeoutMs` more. */
  touch(): void
  /** Stops the timeout and lets go of the owners' signals. */
  end(): void
  /** Translates what the call threw. */
  errorOf(cause: unknown): ProtocolError
}

/**
 * Starts the bounds of a call.
 *
 * @throws TransportError `transport/cancelled` when a signal has already aborted
 */
export function startCall(bounds: CallBounds): BoundedCall {
  const { action, timers, timeoutMs } = bounds
  const owners = bounds.signals.filter((signal) => signal !== undefined)
  const isCancelled = (): boolean => owners.some((signal) => signal.aborted)
  if (isCancelled()) throw cancelled(action)

  const controller = new AbortController()
  const timer = new AbortController()
  let isTimedOut = false
  let quietQuarters = 0
  const onAbort = (): void => controller.abort()
  for (const owner of owners) owner.addEventListener('abort', onAbort, { once: true })

  // Counts quarters of the time instead of restarting a timer at each sign of life, of which there may be
  // thousands a second. What has died is found out a quarter late at most.
  async function watch(ofTimers: Timers): Promise<void> {
    while (quietQuarters < quarters) {
      await ofTimers.sleep(timeoutMs / quarters, { signal: timer.signal })
      if (timer.signal.aborted) return
      quietQuarters += 1
    }
    isTimedOut = true
    controller.abort()
  }
  if (timers !== undefined) void watch(timers)

  return {
    signal: controller.signal,
    touch: () => {
      quietQuarters = -1
    },
    end: () => {
      timer.abort()
      for (const owner of owners) owner.removeEventListener('abort', onAbort)
    },
    errorOf: (cause) => {
      if (isCancelled()) return cancelled(action)
      if (isTimedOut) return timedOut(action, timeoutMs)
      return cause instanceof ProtocolError ? cause : unavailable(action, cause)
    },
  }
}

function cancelled(action: string): TransportError {
  return new TransportError('transport/cancelled', `${action}: the caller cancelled it`)
}

function timedOut(action: string, timeoutMs: number): TransportError {
  return new TransportError(
    'transport/timeout',
    `${action}: no sign of the node for ${timeoutMs} ms`,
    { details: { timeoutMs } },
  )
}

function unavailable(action: string, cause: unknown): TransportError {
  return new TransportError(
    'transport/unavailable',
    `${action}: the node cannot be reached or broke off`,
    { cause },
  )
}
