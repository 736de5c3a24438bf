// One piece of content, sealed for one recipient after the other.

import type { OutgoingContent } from '@posthorn/content'
import { directMessageTopic, introTopic } from '@posthorn/envelope'
import {
  type ConsentProof,
  isLegacyKeyBundle,
  type VerifiedContactBundle,
} from '@posthorn/identity'
import {
  type Conversation as ConversationData,
  type ConversationV1,
  type ConversationV2,
  conversationV1,
} from '@posthorn/protocol-v2'
import { nsPerMs } from '../dates.ts'
import type { ClientInternals } from '../internals.ts'
import type { Post, SealedPosts } from './job-record.ts'

/** What is announced. */
export type Announcement = {
  readonly content: OutgoingContent
  /** Which conversation with a recipient it goes to; default: the one without an id. */
  readonly conversationIdOf?: ((address: string) => string | undefined) | undefined
  /** Whether recipients may close the conversations that it begins, for good; default: false. */
  readonly isClosable?: boolean | undefined
  /** Travels with the invitations of conversations that it begins. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** A recipient's signed word that it wants to hear from this account; travels the same way. */
  readonly consentProofOf?: ((address: string) => ConsentProof | undefined) | undefined
}

/** What is to be published for a recipient. */
export type SealedFor = SealedPosts & { readonly conversation: ConversationData }

/** Seals for a recipient; begins a conversation where there is none. @throws what the keystore throws */
export type SealFor = (address: string, contact: VerifiedContactBundle) => Promise<SealedFor>

/** Creates the sealer of an announcement; it knows the conversations that the book has now. */
export function createSealFor(internals: ClientInternals, announcement: Announcement): SealFor {
  const { context, book } = internals
  const idOf = (address: string): string => announcement.conversationIdOf?.(address) ?? ''
  const known = new Map<string, ConversationV2>()
  for (const data of book.all()) {
    if (data.version !== 'v2' || known.has(data.peerAddress)) continue
    const isSame = (data.context?.conversationId ?? '') === idOf(data.peerAddress)
    if (isSame) known.set(data.peerAddress, data)
  }

  function knownV1(address: string): ConversationV1 | undefined {
    const data = book.get(directMessageTopic(context.keystore.address, address))
    return data?.version === 'v1' ? data : undefined
  }

  return async (address, contact) => {
    const isLegacy = idOf(address) === '' && isLegacyKeyBundle(contact.keyBundle)
    const v1 = isLegacy ? knownV1(address) : undefined
    if (isLegacy && (v1 !== undefined || contact.version === 'v1')) {
      return sealV1(internals, announcement, { address, contact, known: v1 })
    }
    const existing = known.get(address)
    const begun =
      existing === undefined
        ? await invite(internals, announcement, { address, contact })
        : { conversation: existing, posts: [] }
    return sealV2(internals, announcement, begun)
  }
}

type Recipient = { readonly address: string; readonly contact: VerifiedContactBundle }

type Begun = { readonly conversation: ConversationV2; readonly posts: readonly Post[] }

async function invite(
  { context: { keystore, times } }: ClientInternals,
  announcement: Announcement,
  { address, contact }: Recipient,
): Promise<Begun> {
  const { metadata = {}, consentProofOf, isClosable } = announcement
  const conversationId = announcement.conversationIdOf?.(address) ?? ''
  const hasContext = conversationId !== '' || Object.keys(metadata).length > 0
  const createdNs = times.next()
  const { conversation, bytes, topics } = await keystore.createInvitation({
    recipient: contact.keyBundle,
    createdNs,
    context: hasContext ? { conversationId, metadata } : undefined,
    consentProof: consentProofOf?.(address),
    isClosable,
  })
  return { conversation, posts: [{ topics, timestampNs: createdNs, message: bytes }] }
}

async function sealV2(
  { context: { keystore, times } }: ClientInternals,
  { content: { bytes: content, shouldPush } }: Announcement,
  { conversation, posts }: Begun,
): Promise<SealedFor> {
  const sentNs = times.next()
  const sealed = await keystore.sealMessage({ conversation, content, shouldPush, sentNs })
  const { topic, bytes: message, id: messageId } = sealed
  return {
    address: conversation.peerAddress,
    conversation,
    posts: [...posts, { topics: [topic], timestampNs: sentNs, message }],
    outcome: { kind: 'sent', topic, messageId },
  }
}

async function sealV1(
  { context: { crypto, keystore, times } }: ClientInternals,
  { content: { bytes: content } }: Announcement,
  { address, contact, known }: Recipient & { readonly known: ConversationV1 | undefined },
): Promise<SealedFor> {
  const { keyBundle: recipient } = contact
  // V1 has milliseconds only, so what is sent first must be a whole one earlier.
  const createdNs = times.next(nsPerMs)
  const sealed = await keystore.sealMessageV1({
    recipient,
    recipientAddress: address,
    sentNs: createdNs,
    content,
  })
  const { topic, sentNs: timestampNs, bytes: message, id: messageId } = sealed
  const input = { selfAddress: keystore.address, peerAddress: address, createdNs }
  const introduction = [introTopic(address), introTopic(keystore.address)]
  return {
    address,
    conversation: known ?? conversationV1(crypto, input),
    posts: [{ topics: [...(known ? [] : introduction), topic], timestampNs, message }],
    outcome: { kind: 'sent', topic, messageId },
  }
}
