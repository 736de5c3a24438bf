// Subscribe2: like Subscribe, but each further request replaces the topics of the running stream.

import { decode } from '@posthorn/wire'
import type { Subscription } from '../../subscription.ts'
import type { BidiMethod } from '../method.ts'
import { subscribeRequestForm } from './forms.ts'
import { messageApiService } from './service.ts'
import type { Subscriptions } from './subscribe-port.ts'

/** Subscribe2. A topic in both the old and the new set misses nothing. */
export function subscribe2Method(subscriptions: Subscriptions): BidiMethod {
  return {
    kind: 'bidi',
    service: messageApiService,
    rpc: 'Subscribe2',
    httpPath: undefined,
    open: async (requests, { signal }) => {
      const nothing = { contentTopics: [], resume: undefined }
      const subscription = await subscriptions.open(nothing, signal)
      void followRequests(requests, subscriptions, subscription)
      return subscription.batches()
    },
  }
}

async function followRequests(
  requests: AsyncIterable<Uint8Array>,
  subscriptions: Subscriptions,
  subscription: Subscription,
): Promise<void> {
  const { typeName, codec } = subscribeRequestForm
  try {
    for await (const request of requests) {
      await subscriptions.follow(subscription, decode(codec, request, typeName))
    }
    subscription.end()
  } catch (error) {
    subscription.end(error)
  }
}
