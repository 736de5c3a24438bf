// How the three subscribe methods open a subscription: with the node's dispatcher and bound.

import type { Dispatcher } from '../../dispatcher.ts'
import type { Events } from '../../events.ts'
import { openSubscription, type Subscription } from '../../subscription.ts'

/** Opens a subscription that lasts until `signal` aborts or either side ends it. */
export type Subscribe = (topics: readonly string[], signal: AbortSignal) => Subscription

/** Binds subscriptions to a dispatcher; `maxBytes` bounds what waits for one of them. */
export function createSubscribe(
  dispatcher: Dispatcher,
  maxBytes: number,
  events: Pick<Events, 'subscriberTooSlow'>,
): Subscribe {
  return (topics, signal) =>
    openSubscription(dispatcher, {
      topics,
      signal,
      maxBytes,
      onEnd: (reason) => {
        if (reason === 'too-slow') events.subscriberTooSlow()
      },
    })
}
