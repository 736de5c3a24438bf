// Listing, finding and beginning conversations.

import { directMessageTopic } from '@posthorn/envelope'
import { UsageError } from '@posthorn/errors'
import {
  type ConsentProof,
  isLegacyKeyBundle,
  type PublicKeyBundle,
  parseAddress,
} from '@posthorn/identity'
import { type Conversation as ConversationData, conversationV1 } from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import { notRegistered } from './client-errors.ts'
import type { Consent } from './consent.ts'
import type { ClientContext } from './context.ts'
import type { Conversation } from './conversation.ts'
import { type ConversationBook, findV2 } from './conversation-book.ts'
import { createConversation } from './create-conversation.ts'

/** How to begin a conversation. */
export type NewConversationOptions = CallOptions & {
  /** Tells several conversations with one peer apart, for instance `example.org/order-17`. */
  readonly conversationId?: string | undefined
  /** Travels with the invitation, for this application's own use. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** The peer's signed word that it wants to hear from this account. */
  readonly consentProof?: ConsentProof | undefined
}

/** The conversations of one account. */
export type Conversations = {
  list(options?: CallOptions): Promise<Conversation[]>
  find(peer: string, conversationId?: string): Promise<Conversation | undefined>
  begin(peer: string, options?: NewConversationOptions): Promise<Conversation>
  /** The one face of a conversation. */
  faceOf(data: ConversationData): Conversation
}

/** What {@link createConversations} needs. */
export type ConversationsParts = {
  readonly context: ClientContext
  readonly consent: Consent
  readonly book: ConversationBook
}

// Who begins many conversations in a row need not look for new ones before each of them: what a peer began
// meanwhile has the topic that both accounts compute.
const freshEnoughMs = 5_000

/** Creates the conversations of a client. */
export function createConversations(parts: ConversationsParts): Conversations {
  const { context, consent, book } = parts
  const { contacts } = context
  const faces = new WeakMap<ConversationData, Conversation>()

  function faceOf(data: ConversationData): Conversation {
    const known = faces.get(data)
    if (known !== undefined) return known
    const isIntroduced = book.get(data.topic) !== undefined
    const onIntroduced = (): void => book.add(data)
    const face = createConversation({ context, consent, isIntroduced, onIntroduced }, data)
    faces.set(data, face)
    return face
  }

  async function find(peer: string, conversationId?: string): Promise<Conversation | undefined> {
    const peerAddress = peerOf(context, peer)
    await book.refresh()
    const v1 = conversationId === undefined ? knownV1(parts, peerAddress) : undefined
    const data = findV2(book, peerAddress, conversationId) ?? v1
    return data && faceOf(data)
  }

  async function begin(peer: string, options: NewConversationOptions = {}): Promise<Conversation> {
    const { conversationId, signal } = options
    const peerAddress = peerOf(context, peer)
    const cached = findV2(book, peerAddress, conversationId)
    if (cached !== undefined) return faceOf(cached)
    const contact = await contacts.find(peerAddress, { signal })
    if (contact === undefined) throw notRegistered()
    const mayBeV1 = conversationId === undefined && isLegacyKeyBundle(contact.keyBundle)
    if (mayBeV1 && contact.version === 'v1') {
      return faceOf(knownV1(parts, peerAddress) ?? newV1(context, peerAddress))
    }
    await book.refresh({ signal, maxAgeMs: freshEnoughMs })
    const existing =
      (mayBeV1 ? knownV1(parts, peerAddress) : undefined) ??
      findV2(book, peerAddress, conversationId)
    return faceOf(existing ?? (await invite(parts, contact.keyBundle, options)))
  }

  return {
    list: async (options) => {
      await book.refresh(options)
      return book.all().map(faceOf)
    },
    find,
    begin,
    faceOf,
  }
}

async function invite(
  { context, consent, book }: ConversationsParts,
  recipient: PublicKeyBundle,
  options: NewConversationOptions,
): Promise<ConversationData> {
  const { conversationId = '', metadata = {}, consentProof, signal } = options
  const hasContext = conversationId !== '' || Object.keys(metadata).length > 0
  const createdNs = context.times.next()
  const { conversation, bytes, topics } = await context.keystore.createInvitation({
    recipient,
    createdNs,
    context: hasContext ? { conversationId, metadata } : undefined,
    consentProof,
  })
  await context.publisher.publish(
    topics.map((contentTopic) => ({ contentTopic, timestampNs: createdNs, message: bytes })),
    { signal },
  )
  book.add(conversation)
  // The conversation has begun; that the peer could not be noted as allowed does not undo it.
  await consent.allow(conversation.peerAddress, { signal }).catch(() => undefined)
  return book.get(conversation.topic) ?? conversation
}

function peerOf({ crypto, keystore }: ClientContext, text: string): string {
  const peerAddress = parseAddress(crypto, text)
  if (peerAddress !== keystore.address) return peerAddress
  throw new UsageError('conversation/self', 'Begin conversation: the peer is this account itself')
}

function newV1({ crypto, keystore, times }: ClientContext, peerAddress: string): ConversationData {
  const input = { selfAddress: keystore.address, peerAddress, createdNs: times.next() }
  return conversationV1(crypto, input)
}

function knownV1(
  { context, book }: ConversationsParts,
  peerAddress: string,
): ConversationData | undefined {
  return book.get(directMessageTopic(context.keystore.address, peerAddress))
}
