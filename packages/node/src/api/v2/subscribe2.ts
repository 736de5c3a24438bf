// Subscribe2: like Subscribe, but each further request replaces the topics of the running stream.

import type { Subscription } from '../../subscription.ts'
import { type BidiMethod, readRequest } from '../method.ts'
import { checkFieldBounds } from '../value-bounds.ts'
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
    checkProto: (start) => checkFieldBounds(start, subscribeRequestForm.shape),
    open: async (requests, call) => {
      const nothing = { contentTopics: [], resume: undefined }
      const subscription = await subscriptions.open(nothing, call)
      void followRequests(paid(requests, call.spend), subscriptions, subscription)
      return subscription.batches()
    },
  }
}

// The first request is what opened the stream; each further one may read as much of the past as a stream.
async function* paid<T>(
  requests: AsyncIterable<T>,
  spend: (cost: number) => void,
): AsyncGenerator<T, void, void> {
  let cost = 0
  for await (const request of requests) {
    spend(cost)
    cost = 1
    yield request
  }
}

async function followRequests(
  requests: AsyncIterable<Uint8Array>,
  subscriptions: Subscriptions,
  subscription: Subscription,
): Promise<void> {
  try {
    for await (const request of requests) {
      await subscriptions.follow(subscription, readRequest(subscribeRequestForm, request))
    }
    subscription.end()
  } catch (error) {
    subscription.end(error)
  }
}
