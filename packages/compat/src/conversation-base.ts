// What conversations of both versions have in common.

import type { Conversation as Face, Message, ReceivedMessage } from '@posthorn/client'
import { ephemeralTopic, maxQueryRows } from '@posthorn/envelope'
import { CodecError, NotFoundError } from '@posthorn/errors'
import type { Anything } from './anything.ts'
import { type Envelope, envelopeOf, type OnConnectionLostCallback } from './api-client.ts'
import type { ClientFace } from './client-face.ts'
import { compressionOf } from './compression.ts'
import type { ConsentState } from './consent-list-entry.ts'
import { handOver } from './content.ts'
import { DecodedMessage } from './decoded-message.ts'
import { handedType } from './handed-content.ts'
import type { ListMessagesOptions, ListMessagesPaginatedOptions, SendOptions } from './options.ts'
import { partsOf } from './parts.ts'
import { PreparedMessage } from './prepared-message.ts'
import { directionOf } from './sort-direction.ts'
import { Stream, streamOptionsOf } from './stream.ts'
import { ContentTypeText } from './text-codec.ts'

/** What is known of a conversation without asking. */
export type ConversationFacts = {
  readonly topic: string
  readonly peerAddress: string
  readonly createdAt: Date
}

/** A conversation of either version. */
export abstract class ConversationBase<ContentTypes> {
  abstract readonly conversationVersion: 'v1' | 'v2'
  readonly client: ClientFace<ContentTypes>
  readonly topic: string
  readonly peerAddress: string
  readonly createdAt: Date

  constructor(client: ClientFace<ContentTypes>, facts: ConversationFacts) {
    const { topic, peerAddress, createdAt } = facts
    this.client = client
    this.topic = topic
    this.peerAddress = peerAddress
    this.createdAt = createdAt
  }

  get clientAddress(): string {
    return this.client.address
  }

  get ephemeralTopic(): string {
    return ephemeralTopic(this.topic)
  }

  get isAllowed(): boolean {
    return this.client.contacts.isAllowed(this.peerAddress)
  }

  get isDenied(): boolean {
    return this.client.contacts.isDenied(this.peerAddress)
  }

  get consentState(): ConsentState {
    return this.client.contacts.consentState(this.peerAddress)
  }

  allow(): Promise<void> {
    return this.client.contacts.allow([this.peerAddress])
  }

  deny(): Promise<void> {
    return this.client.contacts.deny([this.peerAddress])
  }

  async messages(options: ListMessagesOptions = {}): Promise<DecodedMessage<ContentTypes>[]> {
    const { limit, direction } = options
    const face = await this.#face()
    const asked = { ...rangeOf(options), direction: directionOf(direction) ?? 'ascending' } as const
    const messages = await face.messages(limit ? { ...asked, limit } : asked)
    return this.#readable(messages)
  }

  async *messagesPaginated(
    options: ListMessagesPaginatedOptions = {},
  ): AsyncGenerator<DecodedMessage<ContentTypes>[]> {
    const face = await this.#face()
    const direction = directionOf(options.direction) ?? 'descending'
    for await (const page of face.messagePages({ ...rangeOf(options), direction })) {
      yield await this.#readable(page)
    }
  }

  /** Reads one envelope. @throws CodecError `compat/undecodable`, and what its codec throws */
  async decodeMessage(envelope: Envelope): Promise<DecodedMessage<ContentTypes>> {
    const { contentTopic, timestampNs, message } = envelope
    const face = await this.#face()
    const read = await face.read({ contentTopic, timestampNs: BigInt(timestampNs ?? 0), message })
    if (read.kind === 'message') return this.#decoded(read)
    throw new CodecError('compat/undecodable', `Decode message: ${read.code}: ${read.reason}`)
  }

  async send(
    content: Exclude<ContentTypes, undefined>,
    options: SendOptions = {},
  ): Promise<DecodedMessage<ContentTypes>> {
    const prepared = await this.prepareMessage(content, options)
    return prepared.send()
  }

  async prepareMessage(
    content: Anything,
    options: SendOptions = {},
  ): Promise<PreparedMessage<DecodedMessage<Anything>>> {
    const { timestamp, ephemeral } = options
    const face = await this.#face()
    const compression = compressionOf(options.compression)
    const handed = handOver(this.client, content, options)
    const prepared = await face.prepare(handed, {
      contentType: handedType,
      compression,
      timestamp,
      ephemeral,
    })
    const { message, envelope } = prepared
    return new PreparedMessage(envelopeOf(envelope), message.id, async () => {
      await prepared.send()
      if (face.version === 'v1') this.client.contacts.addresses.add(this.peerAddress)
      return this.#sent(message, { content, options, contentTopic: envelope.contentTopic })
    })
  }

  streamMessages(
    onConnectionLost?: OnConnectionLostCallback,
  ): Promise<Stream<DecodedMessage<ContentTypes>, ContentTypes>> {
    return this.#stream(false, onConnectionLost)
  }

  streamEphemeral(
    onConnectionLost?: OnConnectionLostCallback,
  ): Promise<Stream<DecodedMessage<ContentTypes>, ContentTypes>> {
    return this.#stream(true, onConnectionLost)
  }

  async #stream(
    ephemeral: boolean,
    onConnectionLost: OnConnectionLostCallback | undefined,
  ): Promise<Stream<DecodedMessage<ContentTypes>, ContentTypes>> {
    const face = await this.#face()
    const source = await face.stream({ ephemeral, ...streamOptionsOf(onConnectionLost) })
    return new Stream(this.client, source, (message: Message) => this.readable(message))
  }

  /** A message of our client in the form of the published API; undefined when it cannot be read. */
  async readable(message: Message): Promise<DecodedMessage<ContentTypes> | undefined> {
    if (message.kind === 'undecodable') return undefined
    return this.#decoded(message).catch(() => undefined)
  }

  async #readable(messages: readonly Message[]): Promise<DecodedMessage<ContentTypes>[]> {
    const read = await Promise.all(messages.map((message) => this.readable(message)))
    return read.filter((message) => message !== undefined)
  }

  async #decoded(message: ReceivedMessage): Promise<DecodedMessage<ContentTypes>> {
    const content = await this.client.decodeContent(message.contentBytes)
    return new DecodedMessage({ ...this.#facts(message), contentTopic: this.topic, ...content })
  }

  #sent(message: ReceivedMessage, sent: SentContent): DecodedMessage<ContentTypes> {
    const { content, contentTopic, options } = sent
    const { contentType = ContentTypeText } = options
    return new DecodedMessage({ ...this.#facts(message), contentTopic, contentType, content })
  }

  #facts({ id, senderAddress, sent, contentBytes }: ReceivedMessage) {
    const { conversationVersion: messageVersion, peerAddress, clientAddress } = this
    const recipientAddress = senderAddress === clientAddress ? peerAddress : clientAddress
    return {
      id,
      senderAddress,
      sent,
      contentBytes,
      messageVersion,
      conversation: this,
      ...(messageVersion === 'v1' ? { recipientAddress } : {}),
    } as const
  }

  async #face(): Promise<Face> {
    const { inner, faces } = partsOf(this.client)
    const known = faces.get(this.topic)
    if (known !== undefined) return known
    for (const face of await inner.conversations()) faces.set(face.topic, face)
    const found = faces.get(this.topic)
    if (found !== undefined) return found
    throw new NotFoundError(
      'compat/unknown-conversation',
      'Use conversation: the account knows of none with this topic',
    )
  }
}

type SentContent = {
  readonly content: Anything
  readonly options: SendOptions
  readonly contentTopic: string
}

function rangeOf({ startTime: start, endTime: end, pageSize }: ListMessagesPaginatedOptions) {
  return { start, end, ...(pageSize ? { pageSize: Math.min(pageSize, maxQueryRows) } : {}) }
}
