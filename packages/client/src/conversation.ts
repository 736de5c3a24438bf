// Conversations and messages as applications see them.

import type { CompressionMethod, ContentTypeId } from '@posthorn/content'
import type { Direction, Envelope } from '@posthorn/envelope'
import type { ConsentProof } from '@posthorn/identity'
import type { ConversationContext } from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import type { StreamOptions } from './follow.ts'
import type { Stream } from './stream.ts'

/** What every item on a conversation's topic has. */
export type MessageBase = {
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
  /** The same as it was sealed: encoded, and still compressed if it was. */
  readonly contentBytes: Uint8Array
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

/** How to send. */
export type SendOptions = CallOptions & {
  /** Default: text. Other types need their codec in the client's `codecs`. */
  readonly contentType?: ContentTypeId | undefined
  /** Used only for sizes that every published reader can expand. */
  readonly compression?: CompressionMethod | undefined
  /** When the message is said to be sent; default now. */
  readonly timestamp?: Date | undefined
  /** Delivered to whoever is listening now, and never stored. */
  readonly ephemeral?: boolean | undefined
}

/** A message that is sealed but not sent. */
export type PreparedMessage = {
  /** The message as the conversation will show it; its id is final. */
  readonly message: ReceivedMessage
  /** The same as it will lie on the conversation's topic. */
  readonly envelope: Envelope
  /** Resolves once the node has acknowledged. Sending again is harmless: it is one message. */
  send(options?: CallOptions): Promise<ReceivedMessage>
}

/** Which messages to read. */
export type MessagesOptions = CallOptions & {
  /** Inclusive. */
  readonly start?: Date | undefined
  /** Inclusive. */
  readonly end?: Date | undefined
  /** Default: oldest first. */
  readonly direction?: Direction | undefined
  /** Messages in one request, 1 to 100; default 100. */
  readonly pageSize?: number | undefined
}

/** How to follow a conversation. */
export type ConversationStreamOptions = StreamOptions & {
  /** Follow the messages that are never stored, instead of the others. */
  readonly ephemeral?: boolean | undefined
}

/** A conversation with one peer. */
export type Conversation = {
  readonly topic: string
  readonly version: 'v1' | 'v2'
  /** In EIP-55 form. */
  readonly peerAddress: string
  readonly createdAt: Date
  /** What tells several conversations with one peer apart. */
  readonly context: ConversationContext | undefined
  readonly consentProof: ConsentProof | undefined
  /** Sends a text, or content of another type. Resolves once the node has acknowledged. */
  send(content: unknown, options?: SendOptions): Promise<ReceivedMessage>
  /** Seals a message now to send it later, for instance to show it before it is sent. */
  prepare(content: unknown, options?: SendOptions): Promise<PreparedMessage>
  /** Stored messages; at most `limit`. */
  messages(options?: MessagesOptions & { readonly limit?: number }): Promise<Message[]>
  /** Stored messages, page by page. */
  messagePages(options?: MessagesOptions): AsyncIterable<readonly Message[]>
  /** Reads one envelope of the conversation's topic, for instance one that a push brought. */
  read(envelope: Envelope): Promise<Message>
  /** Messages from now on. Resolves once nothing can be missed any more. */
  stream(options?: ConversationStreamOptions): Promise<Stream<Message>>
}
