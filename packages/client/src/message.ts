// Messages as data, whether they could be read or not.

import { nsToDate } from '@posthorn/bytes'
import { type ContentTypeId, decodeContent, type IncomingContent } from '@posthorn/content'
import type { Envelope } from '@posthorn/envelope'
import { ProtocolError, UsageError } from '@posthorn/errors'
import {
  type Conversation as ConversationData,
  messageId,
  type OpenedMessage,
} from '@posthorn/protocol-v2'
import type { ClientContext } from './context.ts'
import type { Conversation } from './conversation.ts'

type MessageBase = {
  /** Hex SHA-256 of the message, the same in every client. */
  readonly id: string
  readonly conversation: Conversation
  readonly sent: Date
  /** Nanoseconds since 1970, as the sender says. */
  readonly sentNs: bigint
}

/** A message whose sender is proven. */
export type ReceivedMessage = MessageBase & {
  readonly kind: 'message'
  /** In EIP-55 form. */
  readonly senderAddress: string
  /** A text, unless `contentType` says otherwise. Undefined when no codec for its type is registered. */
  readonly content: unknown
  readonly contentType: ContentTypeId
  /** What to show where the content cannot be shown. */
  readonly fallback: string | undefined
  /** False when the sender is neither account, but somebody who got hold of the conversation's key. */
  readonly isSenderParty: boolean
}

/** Something on the conversation's topic that is no readable message; nothing in it can be believed. */
export type UndecodableMessage = MessageBase & {
  readonly kind: 'undecodable'
  /** Stable code of the error, for instance `crypto/decrypt-failed`. */
  readonly code: string
  /** The same in words. */
  readonly reason: string
  readonly senderAddress: undefined
  readonly content: undefined
  readonly contentType: undefined
  /** What to show instead, when that much could be read. */
  readonly fallback: string | undefined
}

/** What conversations and streams yield. */
export type Message = ReceivedMessage | UndecodableMessage

/** A conversation as its methods see it: the data with its keys, and the face that messages point to. */
export type ConversationView = {
  readonly data: ConversationData
  readonly conversation: Conversation
}

/** Reads an envelope of a conversation's topic; whatever is wrong with it comes back as data. */
export async function readMessage(
  context: ClientContext,
  view: ConversationView,
  envelope: Envelope,
): Promise<Message> {
  let opened: OpenedMessage
  try {
    opened = await open(context, view.data, envelope.message)
  } catch (error) {
    // A closed keystore is no fault of the message.
    if (!(error instanceof ProtocolError) || error instanceof UsageError) throw error
    const id = messageId(context.crypto, envelope.message)
    return undecodable(error, { ...baseOf(view, id, envelope.timestampNs), fallback: undefined })
  }
  const incoming = await decodeContent(context.registry, opened.content, context.decoding)
  return messageOf(view, opened, incoming)
}

/** Facts of a message that this client has just sealed. */
export type SentFacts = Pick<ReceivedMessage, 'id' | 'sentNs' | 'content' | 'contentType'> & {
  readonly senderAddress: string
}

/** A message of our own, as its conversation will show it. */
export function sentMessage(view: ConversationView, facts: SentFacts): ReceivedMessage {
  return {
    kind: 'message',
    ...baseOf(view, facts.id, facts.sentNs),
    senderAddress: facts.senderAddress,
    content: facts.content,
    contentType: facts.contentType,
    fallback: undefined,
    isSenderParty: true,
  }
}

function open(
  { keystore }: ClientContext,
  data: ConversationData,
  bytes: Uint8Array,
): Promise<OpenedMessage> {
  return data.version === 'v1'
    ? keystore.openMessageV1({ bytes, topic: data.topic })
    : keystore.openMessage({ conversation: data, bytes })
}

function messageOf(
  view: ConversationView,
  opened: OpenedMessage,
  incoming: IncomingContent,
): Message {
  const base = baseOf(view, opened.id, opened.sentNs)
  if (incoming.kind === 'malformed') {
    return undecodable(incoming.error, { ...base, fallback: incoming.fallback })
  }
  return {
    kind: 'message',
    ...base,
    senderAddress: opened.senderAddress,
    content: incoming.kind === 'decoded' ? incoming.content : undefined,
    contentType: incoming.contentType,
    fallback: incoming.fallback,
    isSenderParty: !opened.isFromStranger,
  }
}

function undecodable(
  error: ProtocolError,
  base: MessageBase & Pick<UndecodableMessage, 'fallback'>,
): UndecodableMessage {
  const { code, message: reason } = error
  const nothing = { senderAddress: undefined, content: undefined, contentType: undefined }
  return { kind: 'undecodable', ...base, ...nothing, code, reason }
}

function baseOf({ conversation }: ConversationView, id: string, sentNs: bigint): MessageBase {
  return { id, conversation, sent: nsToDate(sentNs), sentNs }
}
