// How the three subscribe methods open a subscription: with the node's dispatcher, store and bounds.

import { maxTopicBytes } from '@posthorn/envelope'
import { ValidationError } from '@posthorn/errors'
import type { EnvelopeStore } from '@posthorn/store'
import type { SubscribeRequest } from '@posthorn/wire'
import type { TopicBudget } from '../../admission/topic-budget.ts'
import type { Dispatcher } from '../../dispatcher.ts'
import type { Events } from '../../events.ts'
import { lastStart, type TopicStarts } from '../../progress.ts'
import { Subscription } from '../../subscription.ts'
import type { StreamCall } from '../method.ts'

/** Who subscribes, and for how long. */
export type SubscribingCall = Pick<StreamCall, 'signal' | 'remoteAddress'>

/** Opens and changes subscriptions. */
export type Subscriptions = {
  /** Lasts until the call's signal aborts or either side ends it. @throws as {@link Subscriptions.follow} */
  open(request: SubscribeRequest, call: SubscribingCall): Promise<Subscription>
  /**
   * Replaces the topics of a subscription.
   *
   * @throws ValidationError `subscribe/other-log`, `subscribe/bad-sequence`; AdmissionError
   * `rate/too-many-topics`, `rate/node-full`; StorageError
   */
  follow(subscription: Subscription, request: SubscribeRequest): Promise<void>
}

/** What subscriptions are made of. */
export type SubscriptionsParts = {
  readonly dispatcher: Dispatcher
  readonly topicBudget: Pick<TopicBudget, 'open'>
  readonly store: Pick<EnvelopeStore, 'tail' | 'counts'>
  /** Resolves once the dispatcher knows where the store stood when the node began. */
  readonly begun: () => Promise<void>
  readonly logId: () => Promise<string>
  /** Bound of what waits for one of them. */
  readonly maxBytes: number
  readonly maxLag: number
  readonly events: Pick<Events, 'subscriberTooSlow'>
}

/** Binds subscriptions to a node. */
export function createSubscriptions(parts: SubscriptionsParts): Subscriptions {
  const onEnd = (reason: string): void => {
    if (reason === 'too-slow') parts.events.subscriberTooSlow()
  }
  return {
    open: async (request, { signal, remoteAddress }) => {
      await parts.begun()
      const share = parts.topicBudget.open(remoteAddress)
      const options = { ...(await startOf(parts, request)), signal, share, onEnd }
      return new Subscription(parts, options)
    },
    follow: async (subscription, request) => {
      const { starts, logId } = await startOf(parts, request)
      subscription.setTopics(starts, logId)
    },
  }
}

type Start = { readonly starts: TopicStarts; readonly logId: string | undefined }

async function startOf(
  parts: SubscriptionsParts,
  { contentTopics, resume }: SubscribeRequest,
): Promise<Start> {
  if (resume === undefined) {
    return { starts: startsOf(contentTopics, undefined), logId: undefined }
  }
  const id = await parts.logId()
  const own = new Map(resume.positions.map((each) => [each.contentTopic, safe(each.afterSequence)]))
  const common = resume.afterSequence === undefined ? undefined : safe(resume.afterSequence)
  const isKnown = resume.logId === id && (await hasReached(parts, lastStart(own), common ?? 0))
  if (!isKnown) checkFromStart(lastStart(own), common ?? 0)
  const starts = startsOf(contentTopics, common)
  for (const [topic, after] of own) if (starts.has(topic)) starts.set(topic, after)
  return { starts, logId: id }
}

function startsOf(topics: readonly string[], after: number | undefined) {
  // No envelope can have a longer topic, so there is nothing to wait for.
  const possible = topics.filter((topic) => topic.length <= maxTopicBytes)
  return new Map(possible.map((topic) => [topic, after]))
}

// Other nodes of the same store may be ahead of what this one has delivered.
async function hasReached(
  { dispatcher, store }: SubscriptionsParts,
  ...sequences: readonly number[]
): Promise<boolean> {
  const highest = Math.max(...sequences)
  return highest <= dispatcher.reached() || highest <= (await store.counts()).lastSequence
}

// A number of another log, or one that this log has not reached (a store put back from a copy), would
// silently skip what the client has not seen. Its beginning is the same in every log.
function checkFromStart(...sequences: readonly number[]): void {
  if (Math.max(...sequences) === 0) return
  throw new ValidationError(
    'subscribe/other-log',
    'Subscribe: the positions are of another log, expected those of this node; query for what is missing, then subscribe without them',
  )
}

function safe(sequence: bigint): number {
  if (sequence <= Number.MAX_SAFE_INTEGER) return Number(sequence)
  throw new ValidationError(
    'subscribe/bad-sequence',
    'Subscribe: a sequence is out of range, expected at most 2^53-1',
  )
}
