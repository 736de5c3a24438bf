// Envelopes of a conversation to messages.

import { nsToDate } from '@posthorn/bytes'
import { decodeContent, type IncomingContent } from '@posthorn/content'
import type { Envelope } from '@posthorn/envelope'
import { ProtocolError, UsageError } from '@posthorn/errors'
import {
  type Conversation as ConversationData,
  messageId,
  type OpenedMessage,
} from '@posthorn/protocol-v2'
import type { ClientContext } from './context.ts'
import type {
  Conversation,
  Message,
  MessageBase,
  ReceivedMessage,
  UndecodableMessage,
} from './conversation.ts'

/** A conversation as its methods see it: the data with its keys, and the face that messages point to. */
export type ConversationView = {
  readonly data: ConversationData
  readonly conversation: Conversation
}

/** A message, and what all copies of it have in common. */
export type ReadMessage = {
  readonly message: Message
  /**
   * The same for every copy that a stranger can file by changing bytes that nothing vouches for. Copies have
   * other ids, and are no other messages.
   */
  readonly copyKey: string
}

/** Reads an envelope of a conversation's topic; whatever is wrong with it comes back as data. */
export async function readMessage(
  context: ClientContext,
  view: ConversationView,
  envelope: Envelope,
): Promise<ReadMessage> {
  let opened: OpenedMessage
  try {
    opened = await open(context, view.data, envelope.message)
  } catch (error) {
    // A closed keystore is no fault of the message.
    if (!(error instanceof ProtocolError) || error instanceof UsageError) throw error
    const id = messageId(context.crypto, envelope.message)
    const base = { ...baseOf(view, id, envelope.timestampNs), fallback: undefined }
    return { message: undecodable(error, base), copyKey: id }
  }
  const incoming = await decodeContent(context.registry, opened.content, context.decoding)
  return { message: messageOf(view, opened, incoming), copyKey: opened.sealedId }
}

/** Facts of a message that this client has just sealed. */
export type SentFacts = Pick<
  ReceivedMessage,
  'id' | 'sentNs' | 'senderAddress' | 'content' | 'contentType' | 'contentBytes'
>

/** A message of our own, as its conversation will show it. */
export function sentMessage(view: ConversationView, facts: SentFacts): ReceivedMessage {
  return {
    kind: 'message',
    ...baseOf(view, facts.id, facts.sentNs),
    senderAddress: facts.senderAddress,
    content: facts.content,
    contentType: facts.contentType,
    contentBytes: facts.contentBytes,
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
    contentBytes: opened.content,
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
