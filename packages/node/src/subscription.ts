// One live stream of envelopes, from the moment of subscribing until either side ends it.

import type { Delivery } from './delivery.ts'
import type { Dispatcher, Subscriber } from './dispatcher.ts'
import { createMailbox } from './mailbox.ts'

/** Why a subscription ended; the first reason counts. */
export type SubscriptionEnd = 'client-done' | 'client-gone' | 'too-slow' | 'node-closing'

/** Settings of a subscription. */
export type SubscriptionOptions = {
  readonly topics: readonly string[]
  /** Bound of what waits for the stream. */
  readonly maxBytes: number
  /** Aborted when the client has gone: everything is freed at once. */
  readonly signal: AbortSignal
  readonly onEnd?: ((reason: SubscriptionEnd) => void) | undefined
}

/** A live subscription; its batches hold envelopes in store order. */
export type Subscription = {
  replaceTopics(topics: readonly string[]): void
  /** Ends the stream after what waits; with an error, that is how it ends. */
  end(error?: unknown): void
  /** To be iterated once. @throws the error that `end` was given */
  batches(): AsyncGenerator<readonly Delivery[], void, void>
}

/**
 * Subscribes now: every envelope dispatched from here on is delivered, or the stream ends.
 * A subscriber that does not keep up is ended after what it has room for: it resumes by a query.
 */
export function openSubscription(
  dispatcher: Dispatcher,
  options: SubscriptionOptions,
): Subscription {
  const mailbox = createMailbox(options.maxBytes)
  let hasEnded = false
  let failure: unknown

  const end = (reason: SubscriptionEnd): void => {
    if (hasEnded) return
    hasEnded = true
    dispatcher.remove(subscriber)
    mailbox.close()
    options.onEnd?.(reason)
  }
  const subscriber: Subscriber = {
    deliver: (delivery) => {
      if (!mailbox.put(delivery)) end('too-slow')
    },
    end: () => end('node-closing'),
  }
  const replaceTopics = (topics: readonly string[]): void => {
    if (!hasEnded) dispatcher.setTopics(subscriber, topics)
  }

  if (options.signal.aborted) end('client-gone')
  options.signal.addEventListener('abort', () => end('client-gone'), { once: true })
  replaceTopics(options.topics)

  return {
    replaceTopics,
    end: (error) => {
      if (!hasEnded) failure = error
      end('client-done')
    },
    batches: async function* () {
      for (let batch = await mailbox.take(); batch !== undefined; batch = await mailbox.take()) {
        yield batch
      }
      if (failure !== undefined) throw failure
    },
  }
}
