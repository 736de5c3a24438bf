import type { Subscriptions } from '../api/v2/subscribe-port.ts'
import type { Events } from '../events.ts'

/** The same subscriptions, with how many topics each asks for told to the events. */
export function observedSubscriptions(
  subscriptions: Subscriptions,
  events: Pick<Events, 'subscribed'>,
): Subscriptions {
  return {
    open: (request, call) => {
      events.subscribed(request.contentTopics.length)
      return subscriptions.open(request, call)
    },
    follow: (subscription, request) => {
      events.subscribed(request.contentTopics.length)
      return subscriptions.follow(subscription, request)
    },
  }
}
