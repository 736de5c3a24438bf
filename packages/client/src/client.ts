// The face of the client: one account on one network.

import type { HmacKey } from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import { type CanMessage, canMessageBy } from './can-message-by.ts'
import { type Consent, createConsent, type OfferedProof } from './consent.ts'
import type { ClientContext } from './context.ts'
import type { Conversation, Message } from './conversation.ts'
import { type ConversationBook, createConversationBook } from './conversation-book.ts'
import { conversationsFromNow, messagesFromNow } from './conversation-streams.ts'
import { createConversations, type NewConversationOptions } from './conversations.ts'
import type { StreamOptions } from './follow.ts'
import { keepInternals } from './internals.ts'
import { openStream, type Stream } from './stream.ts'

/** Keys of one conversation for a push server. */
export type ConversationHmacKeys = { readonly topic: string; readonly keys: readonly HmacKey[] }

/** One account on one network. Addresses are taken in any case and given in EIP-55 form. */
export type Client = AsyncDisposable & {
  readonly address: string
  /** How often the wallet was asked to sign: 2 on first use, 1 later, 0 with exported keys. */
  readonly promptCount: number
  /** Whom this account wants to hear from. */
  readonly consent: Consent
  readonly canMessage: CanMessage
  /**
   * The conversation with a peer; begins it unless there is one.
   *
   * @throws NotFoundError `contact/not-registered`; UsageError `conversation/self`;
   * ValidationError `identity/bad-address`
   */
  newConversation(peer: string, options?: NewConversationOptions): Promise<Conversation>
  /** All conversations, oldest first. Only what is new since the last call is fetched and opened. */
  conversations(options?: CallOptions): Promise<Conversation[]>
  /** The conversation with a peer, if there is one. */
  conversationWith(peer: string, conversationId?: string): Promise<Conversation | undefined>
  /** Conversations that begin from now on. Resolves once none can be missed any more. */
  streamConversations(options?: StreamOptions): Promise<Stream<Conversation>>
  /**
   * Messages from now on, of all conversations there are and will be, our own included. Resolves once none
   * can be missed any more; what is missed while the connection is down is fetched when it is back.
   */
  streamAllMessages(options?: StreamOptions): Promise<Stream<Message>>
  /** Forgets a peer's keys, so that the next use asks the network. */
  forgetContact(address: string): void
  /** Keys by which a push server recognises this account's own messages, of each V2 conversation. */
  hmacKeys(): Promise<readonly ConversationHmacKeys[]>
  /** The private keys, for `createClient(keys, { keystore: 'static' })` or a backup. Keep them secret. */
  exportKeys(): Promise<Uint8Array>
  /** Ends all streams, wipes the keys and lets go of the network. */
  close(): Promise<void>
}

/** What {@link assembleClient} takes. */
export type ClientParts = {
  readonly context: ClientContext
  readonly promptCount: number
  /** Aborts `context.closing`. */
  readonly end: () => void
  readonly isTransportOwned: boolean
}

/** Puts a client together. */
export function assembleClient(parts: ClientParts): Client {
  const { context, promptCount } = parts
  const { keystore, contacts, closing } = context
  const book = createConversationBook(context)
  const consent = createConsent(context, (options) => offeredProofs(book, options))
  const conversations = createConversations({ context, consent, book })
  const streamParts = { context, book, faceOf: conversations.faceOf }

  async function close(): Promise<void> {
    parts.end()
    await keystore[Symbol.asyncDispose]()
    if (parts.isTransportOwned) await context.transport[Symbol.asyncDispose]()
  }

  const client: Client = {
    address: keystore.address,
    promptCount,
    consent,
    canMessage: canMessageBy(contacts),
    newConversation: conversations.begin,
    conversations: conversations.list,
    conversationWith: conversations.find,
    streamConversations: (options = {}) =>
      openStream(conversationsFromNow(streamParts, options), options.signal, closing),
    streamAllMessages: (options = {}) =>
      openStream(messagesFromNow(streamParts, options), options.signal, closing),
    forgetContact: contacts.forget,
    hmacKeys: () => hmacKeys(context, book),
    exportKeys: () => keystore.exportKeyBundle(),
    close,
    [Symbol.asyncDispose]: close,
  }
  keepInternals(client, { context, book, consent, conversations })
  return client
}

async function offeredProofs(
  book: ConversationBook,
  options: CallOptions,
): Promise<readonly OfferedProof[]> {
  await book.refresh(options)
  return book.all().flatMap((data) => {
    const proof = data.version === 'v2' ? data.consentProof : undefined
    return proof === undefined ? [] : [{ peerAddress: data.peerAddress, proof }]
  })
}

async function hmacKeys(
  { keystore, clock }: ClientContext,
  book: ConversationBook,
): Promise<readonly ConversationHmacKeys[]> {
  await book.refresh()
  const all: ConversationHmacKeys[] = []
  for (const data of book.all()) {
    if (data.version !== 'v2') continue
    all.push({ topic: data.topic, keys: await keystore.hmacKeys(data.keyMaterial, clock.nowMs()) })
  }
  return all
}
