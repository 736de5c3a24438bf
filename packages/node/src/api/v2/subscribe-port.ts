// How the three subscribe methods open a subscription: with the node's dispatcher and bounds.

import { type Dispatcher, everyTopic } from '../../dispatcher.ts'
import type { Events } from '../../events.ts'
import { openSubscription, type Subscription } from '../../subscription.ts'

/** Opens a subscription that lasts until `signal` aborts or either side ends it. */
export type Subscribe = (topics: readonly string[], signal: AbortSignal) => Subscription

/** Bounds of what waits for one subscriber. */
export type SubscriberLimits = {
  readonly maxMessages: number
  /** For a subscriber of every topic. */
  readonly maxMessagesOfAll: number
  readonly maxBytes: number
}

/** Binds subscriptions to a dispatcher. */
export function createSubscribe(
  dispatcher: Dispatcher,
  limits: SubscriberLimits,
  events: Pick<Events, 'subscriberTooSlow'>,
): Subscribe {
  return (topics, signal) =>
    openSubscription(dispatcher, {
      topics,
      signal,
      limits: {
        maxMessages: topics.includes(everyTopic) ? limits.maxMessagesOfAll : limits.maxMessages,
        maxBytes: limits.maxBytes,
      },
      onEnd: (reason) => {
        if (reason === 'too-slow') events.subscriberTooSlow()
      },
    })
}
