// Conversations as applications see them.

import type { Anything } from './anything.ts'
import type { Envelope, OnConnectionLostCallback } from './api-client.ts'
import type { ConsentState } from './consent-list-entry.ts'
import type { ConsentProofPayload } from './consent-proof.ts'
import type { ContentTypeId } from './content-type-id.ts'
import type { ListMessagesOptions, ListMessagesPaginatedOptions, SendOptions } from './options.ts'
import type { PreparedMessage } from './prepared-message.ts'
import type { Stream } from './stream.ts'

/** What tells several conversations with one peer apart. */
export type InvitationContext = {
  conversationId: string
  metadata: { [key: string]: string }
}

/** The fields of a message. */
export type DecodedMessageFields<ContentTypes> = {
  /** Hex SHA-256 of the sealed message. */
  id: string
  messageVersion: 'v1' | 'v2'
  senderAddress: string
  /** V1 only. */
  recipientAddress?: string | undefined
  sent: Date
  contentTopic: string
  conversation: Conversation<ContentTypes>
  contentType: ContentTypeId
  /** Undefined when there is no codec for it. */
  content: ContentTypes
  /** Why there is no content. */
  error?: Error | undefined
  contentBytes: Uint8Array
  /** What to show instead. */
  contentFallback?: string | undefined
}

/** A `DecodedMessage`, as conversations know it. */
export type ConversationMessage<ContentTypes = Anything> = DecodedMessageFields<ContentTypes> & {
  /** The message as bytes, for an application's own storage. Not encrypted. */
  toBytes(): Uint8Array
}

/** A conversation with one peer. */
export type Conversation<ContentTypes = Anything> = {
  readonly conversationVersion: 'v1' | 'v2'
  /** The account of the client. */
  readonly clientAddress: string
  readonly topic: string
  /** Where messages travel that are never stored. */
  readonly ephemeralTopic: string
  readonly peerAddress: string
  readonly createdAt: Date
  /** Undefined for V1. */
  readonly context?: InvitationContext | undefined
  readonly consentProof?: ConsentProofPayload | undefined
  readonly isAllowed: boolean
  readonly isDenied: boolean
  readonly consentState: ConsentState
  allow(): Promise<void>
  deny(): Promise<void>
  /** Stored messages; those that cannot be read are left out. */
  messages(options?: ListMessagesOptions): Promise<ConversationMessage<ContentTypes>[]>
  /** Stored messages, page by page; newest first unless told otherwise. */
  messagesPaginated(
    options?: ListMessagesPaginatedOptions,
  ): AsyncGenerator<ConversationMessage<ContentTypes>[]>
  /** Reads one envelope of the conversation. */
  decodeMessage(envelope: Envelope): Promise<ConversationMessage<ContentTypes>>
  /** Resolves once the node has acknowledged. */
  send(
    content: Exclude<ContentTypes, undefined>,
    options?: SendOptions,
  ): Promise<ConversationMessage<ContentTypes>>
  /** Seals a message now, to be sent later. */
  prepareMessage(
    content: Anything,
    options?: SendOptions,
  ): Promise<PreparedMessage<ConversationMessage<Anything>>>
  /** Messages from now on. */
  streamMessages(
    onConnectionLost?: OnConnectionLostCallback,
  ): Promise<Stream<ConversationMessage<ContentTypes>, ContentTypes>>
  /** Messages that are never stored, from now on. */
  streamEphemeral(
    onConnectionLost?: OnConnectionLostCallback,
  ): Promise<Stream<ConversationMessage<ContentTypes>, ContentTypes>>
}
