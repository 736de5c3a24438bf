// The subscriber's side: what it has subscribed to, muting, and ending it.

import { codecRegistry } from '@posthorn/content'
import { ProtocolError } from '@posthorn/errors'
import { verifyConsentProof } from '@posthorn/identity'
import type { CallOptions } from '@posthorn/transport'
import type { Client } from '../client.ts'
import type { Conversation } from '../conversation.ts'
import { createConversation } from '../create-conversation.ts'
import { type ClientInternals, internalsOf } from '../internals.ts'
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

/** Tells the sender to stop for now, and this account's other clients not to show what comes all the same. */
export async function muteSubscription(client: Client, which: WhichSubscription): Promise<void> {
  await change(internalsOf(client), which, 'muted')
}

/** Takes muting back. What was ended stays ended. */
export async function unmuteSubscription(client: Client, which: WhichSubscription): Promise<void> {
  await change(internalsOf(client), which, 'active')
}

/**
 * Ends a subscription: the sender's library refuses to send from then on, until the wallet signs anew. This
 * account's clients do not show what comes all the same.
 */
export async function unsubscribe(client: Client, which: WhichSubscription): Promise<void> {
  await change(internalsOf(client), which, 'unsubscribed')
}

async function change(
  { context, book, consent, conversations }: ClientInternals,
  { sender, topic, signal }: WhichSubscription,
  state: SubscriptionChange['state'],
): Promise<void> {
  const before = consent.state(sender)
  const conversationId = conversationIdOf(topic)
  const face = await conversations.begin(sender, { conversationId, signal })
  const data = book.get(face.topic)
  const decide = state === 'active' ? consent.allow : consent.deny
  await decide(face.topic, { subject: 'groupId', signal })
  // Telling a sender whom this account has denied does not allow it.
  if (before === 'denied' && consent.state(sender) !== 'denied')
    await consent.deny(sender, { signal })
  if (data === undefined) return
  const registry = codecRegistry([subscriptionChangeCodec])
  const telling = createConversation(
    { context: { ...context, registry }, consent, isIntroduced: true, onIntroduced: () => {} },
    data,
  )
  await telling.send({ topic, state }, { contentType: subscriptionChangeType, signal })
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
