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
  close(): void
  /** Bytes that it keeps until they are read. */
  waitingBytes(): number
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
  /** A publisher was told that this is stored, though it may yet have to come back from a shared store. */
  acknowledge(sequence: number): void
  /** Where a stream without a past begins: behind all that publishers here were told is stored. */
  now(): number
  /** Ends every subscriber; those that come later are ended at once. */
  close(): void
  /** Subscribers. */
  size(): number
  /** Topics that have subscribers. */
  topicCount(): number
  /** Bytes that subscribers keep until they are read. */
  waitingBytes(): number
}

// Most topics have one subscriber, and a set of one costs more than all else that is kept for a topic.
type Audience = Subscriber | Set<Subscriber>

const noTopics: ReadonlySet<string> = new Set()

/** Creates an empty dispatcher. */
export function createDispatcher(): Dispatcher {
  const topicsOf = new Map<Subscriber, ReadonlySet<string>>()
  const audiences = new Map<string, Audience>()
  let isClosed = false
  let reached = 0
  let acknowledged = 0

  const add = (topic: string, subscriber: Subscriber): void => {
    const audience = audiences.get(topic)
    if (audience === undefined) audiences.set(topic, subscriber)
    else if (audience instanceof Set) audience.add(subscriber)
    else audiences.set(topic, new Set([audience, subscriber]))
  }
  const drop = (topic: string, subscriber: Subscriber): void => {
    const audience = audiences.get(topic)
    if (audience instanceof Set) audience.delete(subscriber)
    if (audience === subscriber || (audience instanceof Set && audience.size === 0)) {
      audiences.delete(topic)
    }
  }

  return {
    setTopics: (subscriber, topics) => {
      if (isClosed) {
        subscriber.close()
        return
      }
      const before = topicsOf.get(subscriber) ?? noTopics
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
        deliverAll(audiences.get(delivery.topic), delivery)
        if (delivery.topic.startsWith(networkPrefix)) {
          deliverAll(audiences.get(everyTopic), delivery)
        }
      }
    },
    close: () => {
      isClosed = true
      for (const subscriber of topicsOf.keys()) subscriber.close()
      topicsOf.clear()
      audiences.clear()
    },
    reached: () => reached,
    acknowledge: (sequence) => {
      acknowledged = Math.max(acknowledged, sequence)
    },
    now: () => Math.max(reached, acknowledged),
    begin: (sequence) => {
      reached = Math.max(reached, sequence)
    },
    size: () => topicsOf.size,
    topicCount: () => audiences.size,
    waitingBytes: () => {
      let bytes = 0
      for (const subscriber of topicsOf.keys()) bytes += subscriber.waitingBytes()
      return bytes
    },
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

function deliverAll(audience: Audience | undefined, delivery: Delivery): void {
  if (audience instanceof Set) for (const subscriber of audience) subscriber.deliver(delivery)
  else audience?.deliver(delivery)
}
