// Delivering a deposit once its recipient can be written to. Any client of the sender may do it, and several may do
// it at once: they seal the same bytes, which nodes store once.

import { type Envelope, introTopic } from '@posthorn/envelope'
import { isLegacyKeyBundle, type VerifiedContactBundle } from '@posthorn/identity'
import { type ConversationV2, conversationV1 } from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import type { ClientInternals } from '../internals.ts'
import type { Deposit } from './deposit.ts'

/** What became of a deposit whose recipient has joined. */
export type Delivery = {
  readonly depositId: string
  /** Who it was for, in EIP-55 form. */
  readonly to: string
} & (
  | {
      readonly kind: 'delivered'
      /** Of the conversation. */
      readonly topic: string
      readonly messageId: string
    }
  /** The node does not take it; it waits on. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }
)

/** Seals and publishes a deposit. @throws what sealing and publishing throw */
export async function deliver(
  internals: ClientInternals,
  { deposit, contact }: { readonly deposit: Deposit; readonly contact: VerifiedContactBundle },
  options: CallOptions,
): Promise<Delivery> {
  const { context, consent } = internals
  const isV1 = deposit.conversationId === undefined && contact.version === 'v1'
  const seal = isV1 && isLegacyKeyBundle(contact.keyBundle) ? sealV1 : sealV2
  const { envelopes, topic, messageId, takeUp } = await seal(internals, { deposit, contact })
  await context.publisher.publish(envelopes, options)
  takeUp()
  await consent.allowIfUnknown(deposit.to, options).catch(() => undefined)
  return { kind: 'delivered', depositId: deposit.id, to: deposit.to, topic, messageId }
}

type Sealed = {
  readonly envelopes: readonly Envelope[]
  readonly topic: string
  readonly messageId: string
  takeUp(): void
}

type Input = { readonly deposit: Deposit; readonly contact: VerifiedContactBundle }

// In the conversation that both accounts derive, whatever else there is, so that every client takes the same one. The
// invitation is of today: readers look for new ones by time. The message is dated when it was written.
async function sealV2(
  { context: { keystore, times }, book }: ClientInternals,
  { deposit, contact }: Input,
): Promise<Sealed> {
  const { conversationId = '', metadata = {}, writtenNs: sentNs, content, shouldPush } = deposit
  const hasContext = conversationId !== '' || Object.keys(metadata).length > 0
  const createdNs = times.next()
  const invited = await keystore.createInvitation({
    recipient: contact.keyBundle,
    createdNs,
    context: hasContext ? { conversationId, metadata } : undefined,
  })
  const { conversation } = invited
  const input = { conversation, content, shouldPush, sentNs, isRepeatable: true }
  const { topic, bytes: message, id: messageId } = await keystore.sealMessage(input)
  const invitations = isKnown(book.get(topic), conversation)
    ? []
    : invited.topics.map((contentTopic) => ({
        contentTopic,
        timestampNs: createdNs,
        message: invited.bytes,
      }))
  return {
    envelopes: [...invitations, { contentTopic: topic, timestampNs: sentNs, message }],
    topic,
    messageId,
    takeUp: () => book.add(conversation),
  }
}

async function sealV1(
  { context: { crypto, keystore }, book }: ClientInternals,
  { deposit, contact }: Input,
): Promise<Sealed> {
  const { to: recipientAddress, writtenNs, content } = deposit
  const { keyBundle: recipient } = contact
  const sealed = await keystore.sealMessageV1({
    recipient,
    recipientAddress,
    sentNs: writtenNs,
    content,
    isRepeatable: true,
  })
  const { topic, sentNs: timestampNs, bytes: message, id: messageId } = sealed
  const peers = { selfAddress: keystore.address, peerAddress: recipientAddress }
  const topics = [introTopic(recipientAddress), introTopic(keystore.address), topic]
  return {
    envelopes: topics.map((contentTopic) => ({ contentTopic, timestampNs, message })),
    topic,
    messageId,
    takeUp: () => book.add(conversationV1(crypto, { ...peers, createdNs: writtenNs })),
  }
}

function isKnown(known: ReturnType<ClientInternals['book']['get']>, data: ConversationV2): boolean {
  if (known?.version !== 'v2') return false
  return data.keyMaterial.every((byte, index) => byte === known.keyMaterial[index])
}
