// The inbox as applications see it: everything is read from the account's own store, and the network fills it.

import type { CompressionMethod, ContentTypeId } from '@posthorn/content'
import type { ProtocolError } from '@posthorn/errors'
import type {
  LastMessage,
  LocalChange,
  LocalConsentState,
  LocalPage,
  LocalTotals,
  MessageQuery,
  MessageStatus,
  RepairReport,
  SearchQuery,
} from '@posthorn/local-store'
import type { ConversationContext } from '@posthorn/protocol-v2'

/** What the inbox is doing about the network. What the store holds can be read in every state. */
export type InboxState =
  /** Another tab works on the network; this one takes over when that is closed. */
  | { readonly kind: 'standby' }
  | { readonly kind: 'connecting' }
  /** What is new arrives; what was missed is still being read, of so many topics. */
  | { readonly kind: 'catching-up'; readonly topicsLeft: number }
  /** The store holds everything that the node has, and what comes from now on. */
  | { readonly kind: 'live' }
  /** Not reachable, or the store cannot be written; tried again by itself, `wake()` tries at once. */
  | { readonly kind: 'offline'; readonly error: ProtocolError }
  /** The node said no, and asking again will not help; `wake()` asks again all the same. */
  | { readonly kind: 'refused'; readonly error: ProtocolError }
  | { readonly kind: 'closed' }

/** A conversation, with everything that a list shows. */
export type InboxConversation = {
  readonly topic: string
  readonly version: 'v1' | 'v2'
  /** In EIP-55 form. */
  readonly peerAddress: string
  readonly createdNs: bigint
  readonly context: ConversationContext | undefined
  readonly consent: LocalConsentState
  /** Incoming messages later than the read mark. */
  readonly unreadCount: number
  readonly last: LastMessage | undefined
  /** What lists are ordered by: time of the newest message, or of the beginning. */
  readonly orderNs: bigint
}

/** A message as the store has it, decoded when it is read. */
export type InboxMessage = {
  /** `undecodable`: no codec reads it, or nobody could open it. `deleted`: its sender took it back. */
  readonly kind: 'message' | 'undecodable' | 'deleted'
  /** Hex SHA-256 of the message, the same in every client. */
  readonly id: string
  readonly topic: string
  /** Nanoseconds since 1970, as the sender says. */
  readonly sentNs: bigint
  readonly isOwn: boolean
  /** In EIP-55 form; undefined where nobody's signature holds. */
  readonly senderAddress: string | undefined
  /** False when the sender is neither account, but somebody who got hold of the conversation's key. */
  readonly isSenderParty: boolean
  readonly contentType: ContentTypeId | undefined
  /** Undefined unless a codec reads it. */
  readonly content: unknown
  /** What to show where the content cannot be shown. */
  readonly fallback: string | undefined
  /** Why there is no content: a stable code. */
  readonly code: string | undefined
  readonly status: MessageStatus
  /** The message that it answers, reacts to, edits or deletes. */
  readonly about: string | undefined
  /** When its sender changed it last. */
  readonly editedNs: bigint | undefined
}

/** A peer that writes at this moment, or has stopped. */
export type TypingNotice = {
  readonly topic: string
  readonly senderAddress: string
  readonly isTyping: boolean
}

/** A page of conversations. */
export type InboxConversationQuery = {
  /** Only these; default all. */
  readonly consent?: readonly LocalConsentState[] | undefined
  /** `next` of the page before. */
  readonly after?: string | undefined
  /** 1 to 10,000; default 50. */
  readonly limit?: number | undefined
}

/** A page of messages; newest first and 50 unless told otherwise. */
export type InboxMessageQuery = Pick<MessageQuery, 'topic' | 'after' | 'startNs' | 'endNs'> &
  Partial<Pick<MessageQuery, 'direction' | 'limit'>>

/** How to send. */
export type InboxSendOptions = {
  /** Default: text. Other types need their codec in the client's `codecs`. */
  readonly contentType?: ContentTypeId | undefined
  /** Used only for sizes that every published reader can expand. */
  readonly compression?: CompressionMethod | undefined
  /** For typing notices and the like, which go out now or not at all. */
  readonly signal?: AbortSignal | undefined
}

/** How to begin a conversation. */
export type BeginOptions = {
  /** Tells several conversations with one peer apart, for instance `example.org/order-17`. */
  readonly conversationId?: string | undefined
  /** Travels with the invitation, for this application's own use. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
}

type Signalled = { readonly signal?: AbortSignal | undefined }

/**
 * The local-first inbox of one account. Reads come from the store and never wait for the network; what is written
 * is stored first and sent when it can be. Methods throw what the store throws.
 */
export type Inbox = AsyncDisposable & {
  readonly state: InboxState
  /** The state now, and whenever it changes. */
  states(options?: Signalled): AsyncIterable<InboxState>
  conversations(query?: InboxConversationQuery): Promise<LocalPage<InboxConversation>>
  conversation(topic: string): Promise<InboxConversation | undefined>
  messages(query: InboxMessageQuery): Promise<LocalPage<InboxMessage>>
  message(id: string): Promise<InboxMessage | undefined>
  /** Replies and reactions to a message, oldest first. */
  about(
    id: string,
    query?: Pick<SearchQuery, 'after'> & { readonly limit?: number },
  ): Promise<LocalPage<InboxMessage>>
  search(query: SearchQuery): Promise<LocalPage<InboxMessage>>
  /** Conversations and unread messages by consent, for badges. */
  totals(): Promise<Readonly<Record<LocalConsentState, LocalTotals>>>
  /** What changes from the call on; whoever shows it reads it anew. */
  changes(options?: Signalled): AsyncIterable<readonly LocalChange[]>
  /** Who is typing, from the call on; every `isTyping` is followed by its end, which comes by itself when it gets lost. */
  typing(options?: Signalled): AsyncIterable<TypingNotice>

  /**
   * The conversation with a peer; a new one begins with its first message.
   *
   * @throws NotFoundError `contact/not-registered`; TransportError `inbox/contact-needed`, when the peer's keys are
   * not known here and the network cannot be asked; UsageError `conversation/self`; ValidationError
   * `identity/bad-address`
   */
  begin(peer: string, options?: BeginOptions): Promise<InboxConversation>
  /**
   * Seals a message and puts it into the outbox; resolves when it is stored here, with its final id.
   *
   * @throws NotFoundError `inbox/no-conversation`; UsageError `content/codec-not-registered`; ValidationError
   * `envelope/message-too-big`; TransportError `inbox/contact-needed`
   */
  send(topic: string, content: unknown, options?: InboxSendOptions): Promise<InboxMessage>
  /** Sends a message that was refused (`failed`) again. */
  retry(id: string): Promise<void>
  /** Takes a message that was not sent out of the outbox and the store. */
  discard(id: string): Promise<void>
  allow(addresses: string | readonly string[]): Promise<void>
  deny(addresses: string | readonly string[]): Promise<void>
  /** Marks a conversation as read up to a time; default: everything in it. Other clients of the account follow. */
  markRead(topic: string, readNs?: bigint): Promise<void>
  /** Takes damaged records out of the store, and reads from the network what they were. */
  repair(): Promise<RepairReport>
  /** Tries the network and everything that waits at once. */
  wake(): void
}
