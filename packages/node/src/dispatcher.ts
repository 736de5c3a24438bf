// Live fan-out: which subscribers want a topic, found in one look-up.

import type { Delivery } from './delivery.ts'

/** Topic that stands for every topic of the network. */
export const everyTopic = '*'

// What "every topic" means on the wire: topics of other systems are never in it.
const networkPrefix = '/xmtp/0/'

/** One receiver of deliveries. */
export type Subscriber = {
  /** Called in store order; must not throw and must not wait. */
  deliver(delivery: Delivery): void
  /** The node ends all streams. */
  end(): void
}

/** Index from topics to subscribers. */
export type Dispatcher = {
  /** Adds a subscriber, or replaces its topics in one step: no envelope falls between. The set is kept as it is. */
  setTopics(subscriber: Subscriber, topics: ReadonlySet<string>): void
  remove(subscriber: Subscriber): void
  /** Takes deliveries in the order of their sequences. */
  dispatch(deliveries: readonly Delivery[]): void
  /** Highest sequence that was dispatched, or that there was when the node began to dispatch. */
  reached(): number
  /** Everything up to this sequence was stored before. */
  begin(sequence: number): void
  /** Ends every subscriber; those that come later are ended at once. */
  close(): void
  /** Subscribers. */
  size(): number
  /** Topics that have subscribers. */
  topicCount(): number
}

/** Creates an empty dispatcher. */
export function createDispatcher(): Dispatcher {
  const topicsOf = new Map<Subscriber, ReadonlySet<string>>()
  const subscribersOf = new Map<string, Set<Subscriber>>()
  let isClosed = false
  let reached = 0

  const add = (topic: string, subscriber: Subscriber): void => {
    const subscribers = subscribersOf.get(topic)
    if (subscribers === undefined) subscribersOf.set(topic, new Set([subscriber]))
    else subscribers.add(subscriber)
  }
  const drop = (topic: string, subscriber: Subscriber): void => {
    const subscribers = subscribersOf.get(topic)
    subscribers?.delete(subscriber)
    if (subscribers?.size === 0) subscribersOf.delete(topic)
  }

  return {
    setTopics: (subscriber, topics) => {
      if (isClosed) {
        subscriber.end()
        return
      }
      const before = topicsOf.get(subscriber) ?? new Set()
      const after = distinctTopics(topics)
      for (const topic of before) if (!after.has(topic)) drop(topic, subscriber)
      for (const topic of after) if (!before.has(topic)) add(topic, subscriber)
      topicsOf.set(subscriber, after)
    },
    remove: (subscriber) => {
      for (const topic of topicsOf.get(subscriber) ?? []) drop(topic, subscriber)
      topicsOf.delete(subscriber)
    },
    dispatch: (deliveries) => {
      for (const delivery of deliveries) {
        reached = Math.max(reached, delivery.sequence ?? 0)
        deliverAll(subscribersOf.get(delivery.topic), delivery)
        if (delivery.topic.startsWith(networkPrefix)) {
          deliverAll(subscribersOf.get(everyTopic), delivery)
        }
      }
    },
    close: () => {
      isClosed = true
      for (const subscriber of topicsOf.keys()) subscriber.end()
      topicsOf.clear()
      subscribersOf.clear()
    },
    reached: () => reached,
    begin: (sequence) => {
      reached = Math.max(reached, sequence)
    },
    size: () => topicsOf.size,
    topicCount: () => subscribersOf.size,
  }
}

// A subscriber of every topic must not be handed an envelope a second time for a topic it also names.
function distinctTopics(topics: ReadonlySet<string>): ReadonlySet<string> {
  if (!topics.has(everyTopic)) return topics
  const distinct = new Set(topics)
  for (const topic of distinct) if (topic.startsWith(networkPrefix)) distinct.delete(topic)
  return distinct
}

/** Whether a subscriber with these topics is to have an envelope of a topic. */
export function isWanted(topics: ReadonlySet<string>, topic: string): boolean {
  return topics.has(topic) || (topics.has(everyTopic) && topic.startsWith(networkPrefix))
}

function deliverAll(subscribers: ReadonlySet<Subscriber> | undefined, delivery: Delivery): void {
  if (subscribers === undefined) return
  for (const subscriber of subscribers) subscriber.deliver(delivery)
}
