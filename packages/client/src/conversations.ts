// Beginning and finding conversations.

import { UsageError } from '@posthorn/errors'
import { type ConsentProof, isLegacyKeyBundle, parseAddress } from '@posthorn/identity'
import { type Conversation as ConversationData, conversationV1 } from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import type { Consent } from './consent.ts'
import type { ClientContext } from './context.ts'
import { type Conversation, createConversation, notRegistered } from './conversation.ts'
import { type ConversationBook, findV2 } from './conversation-book.ts'
import { createTopicSet, follow, type StreamOptions } from './follow.ts'
import { type Message, readMessage } from './message.ts'
import type { StreamControl } from './stream.ts'

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
  /** Conversations that begin from now on. */
  began(control: StreamControl, options: StreamOptions): AsyncGenerator<Conversation, void>
  /** Messages from now on, of all conversations there are and will be. */
  allMessages(control: StreamControl, options: StreamOptions): AsyncGenerator<Message, void>
}

/** What {@link createConversations} needs. */
export type ConversationsParts = {
  readonly context: ClientContext
  readonly consent: Consent
  readonly book: ConversationBook
}

/** Creates the conversations of a client. */
export function createConversations({ context, consent, book }: ConversationsParts): Conversations {
  const { crypto, keystore, publisher, times, contacts } = context
  const faces = new WeakMap<ConversationData, Conversation>()

  function faceOf(data: ConversationData): Conversation {
    const known = faces.get(data)
    if (known !== undefined) return known
    const isIntroduced = book.get(data.topic) !== undefined
    const face = createConversation({ context, consent, isIntroduced }, data)
    faces.set(data, face)
    return face
  }

  function peerOf(text: string): string {
    const peerAddress = parseAddress(crypto, text)
    if (peerAddress !== keystore.address) return peerAddress
    throw new UsageError('conversation/self', 'Begin conversation: the peer is this account itself')
  }

  function v1With(peerAddress: string): ConversationData {
    const input = { selfAddress: keystore.address, peerAddress, createdNs: times.next() }
    const fresh = conversationV1(crypto, input)
    return book.get(fresh.topic) ?? fresh
  }

  async function find(peer: string, conversationId?: string): Promise<Conversation | undefined> {
    const peerAddress = peerOf(peer)
    await book.refresh()
    const data = findV2(book, peerAddress, conversationId)
    if (data !== undefined) return faceOf(data)
    const v1 = conversationId === undefined ? book.get(v1With(peerAddress).topic) : undefined
    return v1 === undefined ? undefined : faceOf(v1)
  }

  async function begin(peer: string, options: NewConversationOptions = {}): Promise<Conversation> {
    const { conversationId, signal } = options
    const peerAddress = peerOf(peer)
    const cached = findV2(book, peerAddress, conversationId)
    if (cached !== undefined) return faceOf(cached)
    const contact = await contacts.find(peerAddress, { signal })
    if (contact === undefined) throw notRegistered()
    const mayBeV1 = conversationId === undefined && isLegacyKeyBundle(contact.keyBundle)
    if (mayBeV1 && contact.version === 'v1') return faceOf(v1With(peerAddress))
    await book.refresh({ signal })
    const v1 = mayBeV1 ? book.get(v1With(peerAddress).topic) : undefined
    const existing = v1 ?? findV2(book, peerAddress, conversationId)
    return faceOf(existing ?? (await invite(peerAddress, options)))
  }

  async function invite(
    peerAddress: string,
    options: NewConversationOptions,
  ): Promise<ConversationData> {
    const { conversationId = '', metadata = {}, consentProof, signal } = options
    const contact = await contacts.find(peerAddress, { signal })
    if (contact === undefined) throw notRegistered()
    const hasContext = conversationId !== '' || Object.keys(metadata).length > 0
    const createdNs = times.next()
    const { conversation, bytes, topics } = await keystore.createInvitation({
      recipient: contact.keyBundle,
      createdNs,
      context: hasContext ? { conversationId, metadata } : undefined,
      consentProof,
    })
    await publisher.publish(
      topics.map((contentTopic) => ({ contentTopic, timestampNs: createdNs, message: bytes })),
      { signal },
    )
    book.add(conversation)
    // The conversation has begun; that the peer could not be noted as allowed does not undo it.
    await consent.allow(peerAddress, { signal }).catch(() => undefined)
    return book.get(conversation.topic) ?? conversation
  }

  async function* began(
    { signal, onOpen }: StreamControl,
    options: StreamOptions,
  ): AsyncGenerator<Conversation, void> {
    await book.refresh({ signal })
    const known = new Set(book.all().map(({ topic }) => topic))
    const topics = createTopicSet(book.inboxTopics)
    const onConnect = (): Promise<void> => book.refresh({ signal })
    for await (const event of follow(context, { ...options, topics, signal, onConnect })) {
      if (event.kind === 'connected') onOpen()
      else await book.absorb(event.envelope)
      for (const data of book.all()) {
        if (known.has(data.topic)) continue
        known.add(data.topic)
        yield faceOf(data)
      }
    }
  }

  async function* allMessages(
    { signal, onOpen }: StreamControl,
    options: StreamOptions,
  ): AsyncGenerator<Message, void> {
    const conversationTopics = (): string[] => book.all().map(({ topic }) => topic)
    await book.refresh({ signal })
    const topics = createTopicSet([...book.inboxTopics, ...conversationTopics()])
    const addTopics = (): void => {
      for (const topic of conversationTopics()) topics.add(topic)
    }
    const onConnect = async (): Promise<void> => {
      await book.refresh({ signal })
      addTopics()
    }
    for await (const event of follow(context, { ...options, topics, signal, onConnect })) {
      if (event.kind === 'connected') {
        onOpen()
        continue
      }
      const data = book.get(event.envelope.contentTopic)
      if (data !== undefined) {
        yield await readMessage(context, { data, conversation: faceOf(data) }, event.envelope)
        continue
      }
      await book.absorb(event.envelope)
      addTopics()
    }
  }

  return {
    list: async (options) => {
      await book.refresh(options)
      return book.all().map(faceOf)
    },
    find,
    begin,
    began,
    allMessages,
  }
}
