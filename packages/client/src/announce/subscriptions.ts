// Who has subscribed to what, as the sender keeps it: in a journal, by rules that neither side can bend.

import { msToNs, nsToMs } from '@posthorn/bytes'
import { contentOf } from '@posthorn/content'
import { VerificationError } from '@posthorn/errors'
import { type ConsentProof, parseAddress, verifyConsentProof } from '@posthorn/identity'
import type { CallOptions } from '@posthorn/transport'
import type { Client } from '../client.ts'
import type { Message } from '../conversation.ts'
import { type ClientInternals, internalsOf } from '../internals.ts'
import type { Journal } from './journal.ts'
import { readChanges } from './read-changes.ts'
import type { SignedSubscription } from './sign-subscription.ts'
import { subscriptionChangeCodec } from './subscription-change.ts'
import {
  changed,
  lineOfRecord,
  recordOfLine,
  type Subscription,
  type SubscriptionRecord,
  subscribed,
} from './subscription-record.ts'
import { requireTopicName, topicNameOf } from './topic-name.ts'

/** The subscriptions to one sender's notifications. */
export type Subscriptions = {
  /**
   * Takes up what a wallet signed: an account that ended a subscription needs to have signed after that.
   *
   * @throws VerificationError `identity/consent-proof-not-mine`, `identity/consent-proof-expired` (after 30 days),
   * `identity/consent-proof-from-future`, `subscription/ended-later`; ValidationError `identity/bad-address`,
   * `notification/bad-topic`; and whatever the journal throws
   */
  accept(signed: SignedSubscription): Promise<void>
  /** Undefined when the account never subscribed to the topic. */
  get(address: string, topic: string): Subscription | undefined
  /** Of one topic, or all; ended ones, too. */
  list(topic?: string): readonly Subscription[]
  /** Takes up a message of a stream if it is a subscriber's change of mind, and says whether it is. */
  absorb(message: Message): Promise<boolean>
  /** Reads what subscribers have said in their conversations since the last time. */
  refresh(options?: CallOptions): Promise<void>
}

// How far a subscriber's clock may be ahead of ours.
const maxSkewMs = 300_000

/**
 * The subscriptions of a client's account, out of their journal.
 *
 * @throws StorageError `subscription/journal-damaged`, and whatever the journal throws
 */
export async function openSubscriptions(client: Client, journal: Journal): Promise<Subscriptions> {
  const internals = internalsOf(client)
  const { crypto, clock, keystore } = internals.context
  const book = await openBook(journal)

  function verify(address: string, proof: ConsentProof): void {
    const nowMs = clock.nowMs()
    const aheadMs = Number(proof.timestampMs) - nowMs
    const nowNs = msToNs(aheadMs > 0 && aheadMs <= maxSkewMs ? nowMs + aheadMs : nowMs)
    verifyConsentProof(crypto, { proof, broadcasterAddress: keystore.address, address, nowNs })
  }

  async function accept(signed: SignedSubscription): Promise<void> {
    const { signature, signedMs } = signed
    const address = parseAddress(crypto, signed.address)
    const topics = [...new Set(signed.topics.map(requireTopicName))]
    const proof = { signature, timestampMs: BigInt(Number.isSafeInteger(signedMs) ? signedMs : 0) }
    verify(address, proof)
    await book.change(() =>
      topics.map((topic) => {
        const next = subscribed(book.get(address, topic), { address, topic, proof })
        if (next === undefined) throw endedLater()
        return next
      }),
    )
  }

  async function absorb(message: Message): Promise<boolean> {
    const change = contentOf(subscriptionChangeCodec, message)
    if (change === undefined || message.kind !== 'message') return false
    const { senderAddress: address, conversation } = message
    // In the topic's own conversation with the subscriber: nobody can fill the journal with other topics.
    const isInPlace = topicNameOf(conversation.context?.conversationId) === change.topic
    if (!isInPlace || address !== conversation.peerAddress) return false
    // A date in the future would make all later signatures too early.
    const atMs = Math.min(nsToMs(message.sentNs), clock.nowMs())
    await book.change(() => {
      const known = book.get(address, change.topic)
      return changed(known, { address, topic: change.topic, state: change.state, atMs }) ?? []
    })
    return true
  }

  return {
    accept,
    get: (address, topic) => book.get(parseAddress(crypto, address), topic),
    list: book.list,
    absorb,
    refresh: (options) => refresh({ internals, book, absorb }, options),
  }
}

type RefreshParts = {
  readonly internals: ClientInternals
  readonly book: Book
  readonly absorb: (message: Message) => Promise<boolean>
}

async function refresh(
  { internals, book, absorb }: RefreshParts,
  options: CallOptions = {},
): Promise<void> {
  const startNs = book.reachedNs()
  const reachedNs = msToNs(internals.context.clock.nowMs())
  for await (const message of readChanges(internals, { startNs, signal: options.signal })) {
    await absorb(message)
  }
  await book.reach(reachedNs)
}

type Book = {
  get(address: string, topic: string): Subscription | undefined
  list(topic?: string): readonly Subscription[]
  /** Notes what `decide` gives, once everything before is noted. */
  change(decide: () => Subscription | readonly Subscription[]): Promise<void>
  /** Up to when the subscribers' conversations have been read. */
  reachedNs(): bigint
  reach(ns: bigint): Promise<void>
}

async function openBook(journal: Journal): Promise<Book> {
  const all = new Map<string, Subscription>()
  let reached = 0n
  let noting: Promise<void> = Promise.resolve()

  function take(record: SubscriptionRecord): void {
    if (record.kind === 'reached') reached = record.ns
    else all.set(keyOf(record.subscription), record.subscription)
  }
  for await (const line of journal.read()) take(recordOfLine(line))

  // On disk before it holds, so that nothing that was honoured once is forgotten.
  async function note(decide: () => readonly SubscriptionRecord[]): Promise<void> {
    const records = decide()
    if (records.length > 0) await journal.append(records.map(lineOfRecord))
    for (const record of records) take(record)
  }
  function queue(decide: () => readonly SubscriptionRecord[]): Promise<void> {
    const next = noting.then(() => note(decide))
    noting = next.catch(() => undefined)
    return next
  }

  return {
    get: (address, topic) => all.get(keyOf({ address, topic })),
    list: (topic) => [...all.values()].filter((each) => (topic ?? each.topic) === each.topic),
    change: (decide) =>
      queue(() => [decide()].flat().map((each) => ({ kind: 'subscription', subscription: each }))),
    reachedNs: () => reached,
    reach: (ns) => queue(() => [{ kind: 'reached', ns }]),
  }
}

function keyOf({ address, topic }: Pick<Subscription, 'address' | 'topic'>): string {
  return `${address} ${topic}`
}

function endedLater(): VerificationError {
  return new VerificationError(
    'subscription/ended-later',
    'Accept subscription: it was ended after this was signed, wanted a new signature',
  )
}
