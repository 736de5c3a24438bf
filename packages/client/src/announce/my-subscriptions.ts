// The subscriber's side: what it has subscribed to, muting, and ending it.

import { codecRegistry } from '@posthorn/content'
import { ProtocolError, UsageError } from '@posthorn/errors'
import { parseAddress, verifyConsentProof } from '@posthorn/identity'
import type { ConversationV2 } from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import type { Client } from '../client.ts'
import type { Conversation } from '../conversation.ts'
import { createConversation } from '../create-conversation.ts'
import { type ClientInternals, internalsOf } from '../internals.ts'
import { closeAll, openOnes } from './closing.ts'
import {
  type SubscriptionChange,
  subscriptionChangeCodec,
  subscriptionChangeType,
} from './subscription-change.ts'
import { conversationIdOf, topicNameOf } from './topic-name.ts'

/** A subscription of this account, as the sender's invitation shows it. */
export type MySubscription = {
  /** Who sends, in EIP-55 form. */
  readonly sender: string
  readonly topic: string
  /** Where the notifications lie. */
  readonly conversation: Conversation
  /** Muted or ended by any of this account's clients, as far as its decisions are loaded. */
  readonly isMuted: boolean
}

/** Which subscription. */
export type WhichSubscription = CallOptions & {
  /** Address of the account that sends. */
  readonly sender: string
  readonly topic: string
}

/** What this account has signed for and was notified of at least once, oldest first. */
export async function mySubscriptions(
  client: Client,
  options: CallOptions = {},
): Promise<readonly MySubscription[]> {
  const internals = internalsOf(client)
  const mine: MySubscription[] = []
  for (const conversation of await client.conversations(options)) {
    const topic = topicNameOf(conversation.context?.conversationId)
    if (topic === undefined || !isSignedHere(internals, conversation)) continue
    const isMuted = client.consent.state(conversation.topic, 'groupId') === 'denied'
    mine.push({ sender: conversation.peerAddress, topic, conversation, isMuted })
  }
  return mine
}

/**
 * Tells the sender to stop for now, and this account's other clients not to show what comes all the same.
 *
 * @throws UsageError `subscription/ended`
 */
export async function muteSubscription(client: Client, which: WhichSubscription): Promise<void> {
  await change(internalsOf(client), which, 'muted')
}

/** Takes muting back. @throws UsageError `subscription/ended` */
export async function unmuteSubscription(client: Client, which: WhichSubscription): Promise<void> {
  await change(internalsOf(client), which, 'active')
}

/**
 * Ends a subscription: tells the sender, whose library sends nothing from then on until the wallet signs anew, and
 * closes the conversation, so that nodes take nothing more in it from anybody.
 */
export async function unsubscribe(client: Client, which: WhichSubscription): Promise<void> {
  await change(internalsOf(client), which, 'unsubscribed')
}

async function change(
  internals: ClientInternals,
  which: WhichSubscription,
  state: SubscriptionChange['state'],
): Promise<void> {
  const { consent } = internals
  const { sender, signal } = which
  const before = consent.state(sender)
  const all = await conversationsOf(internals, which)
  const open = await openOnes(internals, all, signal)
  if (state !== 'unsubscribed' && open.length === 0) throw ended()
  const topics = all.map(({ topic }) => topic)
  const decide = state === 'active' ? consent.allow : consent.deny
  await decide(topics, { subject: 'groupId', signal })
  const newest = open.at(-1)
  if (newest !== undefined) await tell(internals, newest, { ...which, state })
  if (state === 'unsubscribed') await closeAll(internals, open, signal)
  // Telling a sender whom this account has denied does not allow it.
  if (before === 'denied' && consent.state(sender) !== 'denied') {
    await consent.deny(sender, { signal })
  }
}

// Oldest first. Where nothing was ever sent, there is none yet to say anything in.
async function conversationsOf(
  { context, book, conversations }: ClientInternals,
  { sender, topic, signal }: WhichSubscription,
): Promise<readonly ConversationV2[]> {
  const address = parseAddress(context.crypto, sender)
  const found = (): ConversationV2[] =>
    book.all().flatMap((data) => {
      const isOne =
        data.version === 'v2' &&
        data.peerAddress === address &&
        topicNameOf(data.context?.conversationId) === topic
      return isOne ? [data] : []
    })
  await book.refresh({ signal })
  if (found().length > 0) return found()
  await conversations.begin(address, { conversationId: conversationIdOf(topic, 0), signal })
  return found()
}

async function tell(
  { context, consent }: ClientInternals,
  data: ConversationV2,
  { topic, state, signal }: WhichSubscription & Pick<SubscriptionChange, 'state'>,
): Promise<void> {
  const registry = codecRegistry([subscriptionChangeCodec])
  const conversation = createConversation(
    { context: { ...context, registry }, consent, isIntroduced: true, onIntroduced: () => {} },
    data,
  )
  await conversation.send({ topic, state }, { contentType: subscriptionChangeType, signal })
}

function ended(): UsageError {
  return new UsageError(
    'subscription/ended',
    'Change subscription: it was ended, wanted a new signature of the wallet',
  )
}

// Senders have the same conversations with their subscribers, with proofs that others signed.
function isSignedHere(
  { context: { crypto, keystore } }: ClientInternals,
  { consentProof: proof, peerAddress: broadcasterAddress }: Conversation,
): boolean {
  if (proof === undefined) return false
  const nowNs = proof.timestampMs * 1_000_000n
  try {
    verifyConsentProof(crypto, { proof, broadcasterAddress, address: keystore.address, nowNs })
    return true
  } catch (error) {
    if (error instanceof ProtocolError) return false
    throw error
  }
}
