// Trying again when the way to the node was in trouble. Refusals are answers, so they are never retried.

import { TransportError } from '@posthorn/errors'
import type { Timers } from './timers.ts'
import type { CallOptions, Transport } from './transport.ts'

/** Options of {@link retryDelayMs}: a wait that doubles, spread by chance so that clients do not march in step. */
export type BackOff = {
  /** Wait before the first new try; default 200. */
  readonly baseDelayMs?: number | undefined
  /** Longest wait; default 10,000. */
  readonly maxDelayMs?: number | undefined
  /** A number in [0, 1). */
  readonly random: () => number
}

/** Options of {@link withRetry}. */
export type RetryOptions = BackOff & {
  readonly timers: Timers
  /** Tries in all; default 4. */
  readonly maxAttempts?: number | undefined
}

// Waits that a node asks for beyond this are the caller's to decide about.
const maxPatienceMs = 60_000

/** Wait before try number `attempt` + 1, in milliseconds: half of it fixed, half of it by chance. */
export function retryDelayMs(attempt: number, backOff: BackOff): number {
  const ceiling = Math.min(
    (backOff.baseDelayMs ?? 200) * 2 ** (attempt - 1),
    backOff.maxDelayMs ?? 10_000,
  )
  return Math.round(ceiling / 2 + (backOff.random() * ceiling) / 2)
}

/** Whether another try may help. */
export function isRetryable(error: unknown): error is TransportError {
  return (
    error instanceof TransportError &&
    error.code !== 'transport/cancelled' &&
    error.code !== 'transport/redirected'
  )
}

/**
 * A transport that tries again after TransportError, waiting at least as long as the node asks.
 * All of its calls may be repeated: nodes store a repeated envelope once. Streams are passed through:
 * whoever reads one knows what it has missed.
 */
export function withRetry(transport: Transport, options: RetryOptions): Transport {
  const maxAttempts = options.maxAttempts ?? 4

  async function retrying<T>(call: () => Promise<T>, { signal }: CallOptions): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call()
      } catch (error) {
        if (!isRetryable(error) || attempt >= maxAttempts) throw error
        const askedMs = error.retryAfterMs ?? 0
        if (askedMs > maxPatienceMs) throw error
        await options.timers.sleep(Math.max(askedMs, retryDelayMs(attempt, options)), { signal })
      }
    }
  }

  return {
    publish: (envelopes, callOptions = {}) =>
      retrying(() => transport.publish(envelopes, callOptions), callOptions),
    query: (request, callOptions = {}) =>
      retrying(() => transport.query(request, callOptions), callOptions),
    batchQuery: (requests, callOptions = {}) =>
      retrying(() => transport.batchQuery(requests, callOptions), callOptions),
    subscribe: (topics, subscribeOptions) => transport.subscribe(topics, subscribeOptions),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}
