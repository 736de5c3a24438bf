// One conversation: writing to it, reading its history, following it.

import { dateToNs, nsToDate } from '@posthorn/bytes'
import { type CompressionMethod, type ContentTypeId, encodeContent } from '@posthorn/content'
import {
  type Direction,
  type Envelope,
  ephemeralTopic,
  introTopic,
  maxQueryRows,
} from '@posthorn/envelope'
import { NotFoundError, UsageError } from '@posthorn/errors'
import type { ConsentProof, PublicKeyBundle } from '@posthorn/identity'
import type {
  ConversationContext,
  Conversation as ConversationData,
  SealedMessage,
} from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import type { Consent } from './consent.ts'
import type { ClientContext } from './context.ts'
import { createTopicSet, follow, type StreamOptions } from './follow.ts'
import { readPages } from './history.ts'
import {
  type ConversationView,
  type Message,
  type ReceivedMessage,
  readMessage,
  sentMessage,
} from './message.ts'
import { openStream, type Stream, type StreamControl } from './stream.ts'

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
  /** Messages from now on. Resolves once nothing can be missed any more. */
  stream(options?: ConversationStreamOptions): Promise<Stream<Message>>
}

const nsPerMs = 1_000_000n

/** What a conversation needs besides its data. */
export type ConversationParts = {
  readonly context: ClientContext
  readonly consent: Consent
  /** Whether both accounts know of the conversation already; V2 conversations begin with an invitation. */
  readonly isIntroduced: boolean
}

/** The face of a conversation. */
export function createConversation(
  { context, consent, isIntroduced }: ConversationParts,
  data: ConversationData,
): Conversation {
  const { keystore, publisher, times } = context
  const isV1 = data.version === 'v1'
  let needsIntroduction = isV1 && !isIntroduced
  let recipient: PublicKeyBundle | undefined

  async function recipientBundle(options: CallOptions): Promise<PublicKeyBundle> {
    recipient ??= (await context.contacts.find(data.peerAddress, options))?.keyBundle
    if (recipient === undefined) throw notRegistered()
    return recipient
  }

  type Content = { readonly content: Uint8Array; readonly shouldPush: boolean }

  async function seal(
    { content, shouldPush }: Content,
    options: SendOptions,
  ): Promise<SealedMessage> {
    // V1 has milliseconds only, so what is sent first must be a whole one earlier.
    const nowNs = times.next(isV1 ? nsPerMs : 1n)
    const sentNs = options.timestamp === undefined ? nowNs : timeOf(options.timestamp)
    if (data.version === 'v2') {
      return keystore.sealMessage({ conversation: data, content, shouldPush, sentNs, nowNs })
    }
    const recipientAddress = data.peerAddress
    const bundle = await recipientBundle(options)
    return keystore.sealMessageV1({ recipient: bundle, recipientAddress, sentNs, content })
  }

  function envelopesOf(sealed: SealedMessage, isEphemeral: boolean): Envelope[] {
    const topics = isEphemeral
      ? [ephemeralTopic(data.topic)]
      : [...(needsIntroduction ? introTopics() : []), data.topic]
    return topics.map((contentTopic) => ({
      contentTopic,
      timestampNs: sealed.sentNs,
      message: sealed.bytes,
    }))
  }

  function introTopics(): string[] {
    return [introTopic(data.peerAddress), introTopic(keystore.address)]
  }

  async function prepare(content: unknown, options: SendOptions = {}): Promise<PreparedMessage> {
    const outgoing = await encodeContent(context.registry, content, {
      ...options,
      compressor: context.decoding.compressor,
    })
    const sealed = await seal({ content: outgoing.bytes, shouldPush: outgoing.shouldPush }, options)
    const { contentType } = outgoing
    const senderAddress = keystore.address
    const message = sentMessage(view, { ...sealed, content, contentType, senderAddress })
    const isEphemeral = options.ephemeral ?? false
    const send = async (sendOptions: CallOptions = {}): Promise<ReceivedMessage> => {
      await publisher.publish(envelopesOf(sealed, isEphemeral), sendOptions)
      if (isEphemeral) return message
      needsIntroduction = false
      // The message is sent; that the peer could not be noted as allowed does not change it.
      await consent.allowIfUnknown(data.peerAddress, sendOptions).catch(() => undefined)
      return message
    }
    return { message, send }
  }

  async function* messagePages(options: MessagesOptions = {}): AsyncGenerator<readonly Message[]> {
    const { start, end, pageSize, ...rest } = options
    if (pageSize !== undefined && !isCount(pageSize, maxQueryRows)) throw badCount('pageSize')
    const startNs = start === undefined ? undefined : timeOf(start)
    // A Date stands for a whole millisecond.
    const endNs = end === undefined ? undefined : timeOf(end) + nsPerMs - 1n
    const range = { ...rest, topics: [data.topic], startNs, endNs, pageSize }
    const ids = new Set<string>()
    for await (const page of readPages(context.transport, range)) {
      const messages = await Promise.all(page.map((each) => readMessage(context, view, each)))
      // The same message filed again under another time is no second message.
      yield messages.filter(({ id }) => !ids.has(id) && ids.add(id))
    }
  }

  async function messages(
    options: MessagesOptions & { readonly limit?: number } = {},
  ): Promise<Message[]> {
    const { limit = Number.POSITIVE_INFINITY, ...rest } = options
    if (limit !== Number.POSITIVE_INFINITY && !isCount(limit)) throw badCount('limit')
    const pageSize = rest.pageSize ?? Math.min(limit, maxQueryRows)
    const all: Message[] = []
    for await (const page of messagePages({ ...rest, pageSize })) {
      all.push(...page)
      if (all.length >= limit) break
    }
    return all.slice(0, limit)
  }

  async function* live(
    { signal, onOpen }: StreamControl,
    options: ConversationStreamOptions,
  ): AsyncGenerator<Message, void> {
    const topics = createTopicSet([options.ephemeral ? ephemeralTopic(data.topic) : data.topic])
    for await (const event of follow(context, { ...options, topics, signal })) {
      if (event.kind === 'connected') onOpen()
      else yield await readMessage(context, view, event.envelope)
    }
  }

  const conversation: Conversation = {
    topic: data.topic,
    version: data.version,
    peerAddress: data.peerAddress,
    createdAt: nsToDate(data.createdNs),
    context: data.version === 'v2' ? data.context : undefined,
    consentProof: data.version === 'v2' ? data.consentProof : undefined,
    send: async (content, options = {}) => (await prepare(content, options)).send(options),
    prepare,
    messages,
    messagePages,
    stream: (options = {}) =>
      openStream((control) => live(control, options), options.signal, context.closing),
  }
  const view: ConversationView = { data, conversation }
  return conversation
}

function isCount(value: number, max: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max
}

/** `contact/not-registered`: the peer has never joined the network. */
export function notRegistered(): NotFoundError {
  return new NotFoundError(
    'contact/not-registered',
    'Look up peer: the account has not joined the network yet, so there are no keys to write to',
  )
}

function timeOf(date: Date): bigint {
  if (!Number.isNaN(date.getTime())) return dateToNs(date)
  throw new UsageError('conversation/bad-date', 'Read date: it is no valid date')
}

function badCount(name: string): UsageError {
  return new UsageError('conversation/bad-count', `Read messages: ${name} is out of its range`)
}
