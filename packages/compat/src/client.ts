// The client by the names of the published API. What it does is done by our client.

import { ValidationError } from '@posthorn/errors'
import type { VerifiedContactBundle } from '@posthorn/identity'
import type { Anything } from './anything.ts'
import type { Envelope, PublishParams } from './api-client.ts'
import type { CodecRegistry, ContentCodec, ExtractDecodedType } from './codec.ts'
import { Contacts } from './contacts.ts'
import { type DecodedContent, decode, encode } from './content.ts'
import type { ContentTypeId } from './content-type-id.ts'
import { Conversations } from './conversations.ts'
import { findContacts } from './find-contact.ts'
import type { HttpApiClient } from './http-api-client.ts'
import { bundleOf, PublicKeyBundle, SignedPublicKeyBundle } from './key-bundles.ts'
import { createConversationMaker } from './make-conversation.ts'
import { type EnvelopeMapper, mapEnvelopes, mapPaginatedStream } from './map-paginated-stream.ts'
import { apiClientOf, openClient } from './open-client.ts'
import type {
  ClientOptions,
  ListMessagesOptions,
  ListMessagesPaginatedOptions,
  NetworkOptions,
  SendOptions,
} from './options.ts'
import { type ClientParts, keepMaker, keepParts, partsOf } from './parts.ts'
import { addressOf, portableCrypto } from './portable-crypto.ts'
import { publishContact, publishLegacyContact } from './publish-contact.ts'
import type { Wallet } from './signer.ts'
import { TextCodec } from './text-codec.ts'
import { buildUserInviteTopic } from './topics.ts'

/** One account on one network. */
export class Client<ContentTypes = Anything> implements CodecRegistry {
  /** In EIP-55 form. */
  readonly address: string
  readonly apiClient: HttpApiClient
  readonly contacts: Contacts
  readonly conversations: Conversations<ContentTypes>
  readonly publicKeyBundle: PublicKeyBundle
  readonly #codecs = new Map<string, ContentCodec>()

  /** Clients come from {@link Client.create}. */
  constructor(parts: ClientParts) {
    keepParts(this, parts)
    keepMaker(this, createConversationMaker(this))
    this.address = parts.inner.address
    this.apiClient = parts.apiClient
    this.publicKeyBundle = new PublicKeyBundle(parts.keystore.keyBundle)
    this.contacts = new Contacts(this)
    this.conversations = new Conversations(this)
  }

  /**
   * A client of the account of a wallet, which is asked to sign twice on first use of the account and once later;
   * not at all with `privateKeyOverride`.
   *
   * @throws UsageError `compat/unsupported-option`, and as `createClient` of `@posthorn/client`
   */
  static async create<ContentCodecs extends ContentCodec[] = []>(
    wallet: Wallet | null,
    options: Partial<ClientOptions> & { codecs?: ContentCodecs } = {},
  ): Promise<Client<ExtractDecodedType<[...ContentCodecs, TextCodec][number]> | undefined>> {
    const client = new Client<Anything>(await openClient(wallet, options))
    for (const codec of [new TextCodec(), ...(options.codecs ?? [])]) client.registerCodec(codec)
    if (options.publishLegacyContact && !options.skipContactPublishing) {
      await publishLegacyContact(partsOf(client))
    }
    return client
  }

  /** The account's private keys, for `privateKeyOverride`. Keep them secret. */
  static async getKeys<U>(
    wallet: Wallet | null,
    options: Partial<ClientOptions> & { codecs?: U } = {},
  ): Promise<Uint8Array> {
    const client = await Client.create(wallet, options as Partial<ClientOptions>)
    try {
      return await partsOf(client).inner.exportKeys()
    } finally {
      await client.close()
    }
  }

  /** Always false: keys in a Snap cannot be used. */
  static async isSnapsReady(): Promise<boolean> {
    return false
  }

  static canMessage(peerAddress: string, options?: Partial<NetworkOptions>): Promise<boolean>
  static canMessage(peerAddress: string[], options?: Partial<NetworkOptions>): Promise<boolean[]>
  /**
   * Whether accounts can be written to. One address that is none cannot; among several it is an error.
   *
   * @throws ValidationError `identity/bad-address`
   */
  static async canMessage(
    peerAddress: string | string[],
    options: Partial<NetworkOptions> = {},
  ): Promise<boolean | boolean[]> {
    if (typeof peerAddress === 'string') {
      const [answer = false] = await orFalse(() => canMessage([peerAddress], options), [false])
      return answer
    }
    return canMessage(peerAddress, options)
  }

  get signedPublicKeyBundle(): SignedPublicKeyBundle {
    return SignedPublicKeyBundle.fromLegacyBundle(this.publicKeyBundle)
  }

  /** Ends all streams and forgets the keys. */
  async close(): Promise<void> {
    const { inner, keystore, apiClient } = partsOf(this)
    await inner.close()
    await keystore[Symbol.asyncDispose]()
    await apiClient.transport[Symbol.asyncDispose]()
  }

  /** Publishes the account's contact again, in its V2 or its V1 form. */
  async publishUserContact(legacy = false): Promise<void> {
    await publishContact(partsOf(this), legacy ? 'v1' : 'v2')
  }

  /** The keys that an account advertises. @throws ValidationError `identity/bad-address` */
  async getUserContact(
    peerAddress: string,
  ): Promise<PublicKeyBundle | SignedPublicKeyBundle | undefined> {
    return (await this.getUserContacts([peerAddress]))[0]
  }

  /** The keys that accounts advertise, in their order. @throws ValidationError `identity/bad-address` */
  async getUserContacts(
    peerAddresses: string[],
  ): Promise<(PublicKeyBundle | SignedPublicKeyBundle | undefined)[]> {
    const { crypto, apiClient } = partsOf(this)
    const { transport } = apiClient
    const found = await findContacts({ crypto, transport }, peerAddresses.map(addressOf))
    return found.map((contact: VerifiedContactBundle | undefined) => contact && bundleOf(contact))
  }

  /** Asks the network for a peer's keys when they are next needed. */
  forgetContact(peerAddress: string): void {
    partsOf(this).inner.forgetContact(addressOf(peerAddress))
  }

  canMessage(peerAddress: string): Promise<boolean>
  canMessage(peerAddress: string[]): Promise<boolean[]>
  /** Whether accounts can be written to; false when there is an address that is none. */
  canMessage(peerAddress: string | string[]): Promise<boolean | boolean[]> {
    const { inner } = partsOf(this)
    if (typeof peerAddress === 'string') {
      return orFalse(async () => inner.canMessage(addressOf(peerAddress)), false)
    }
    return orFalse<boolean | boolean[]>(
      async () => [...(await inner.canMessage(peerAddress.map(addressOf)))],
      false,
    )
  }

  /** Publishes envelopes as they are. @throws UsageError and ValidationError for what no node takes */
  async publishEnvelopes(envelopes: PublishParams[]): Promise<void> {
    for (const { contentTopic, message } of envelopes) {
      if (contentTopic && message.length > 0) continue
      const found = contentTopic ? 'an empty message' : 'an empty topic'
      throw new ValidationError('compat/empty-envelope', `Publish envelopes: found ${found}`)
    }
    await this.apiClient.publish(envelopes)
  }

  /** Adds a codec; of two for one type the later counts. */
  registerCodec<Codec extends ContentCodec>(
    codec: Codec,
  ): Client<ContentTypes | ExtractDecodedType<Codec>> {
    this.#codecs.set(codecKey(codec.contentType), codec)
    return this
  }

  /** The codec of a type; undefined when there is none for its major version. */
  codecFor(contentType: ContentTypeId): ContentCodec | undefined {
    const codec = this.#codecs.get(codecKey(contentType))
    const isKnown = codec && contentType.versionMajor <= codec.contentType.versionMajor
    return isKnown ? codec : undefined
  }

  /** Content as bytes. @throws UsageError `compat/unknown-content-type`, and what the codec throws */
  encodeContent(
    content: ContentTypes,
    options?: SendOptions,
  ): Promise<{ payload: Uint8Array; shouldPush: boolean }> {
    return encode(this, content, options)
  }

  /** Content of bytes. @throws CodecError, and what the codec throws */
  decodeContent(contentBytes: Uint8Array): Promise<DecodedContent<ContentTypes>> {
    return decode<ContentTypes>(this, contentBytes, partsOf(this))
  }

  /** Invitations to and from the account, sealed. */
  listInvitations(options?: ListMessagesOptions): Promise<Envelope[]> {
    return this.listEnvelopes(buildUserInviteTopic(this.address), async (each) => each, options)
  }

  /** What is stored on a topic; envelopes for which the mapper throws are left out. */
  async listEnvelopes<Out>(
    topic: string,
    mapper: EnvelopeMapper<Out>,
    options: ListMessagesOptions = {},
  ): Promise<Out[]> {
    const { startTime, endTime, limit, pageSize, direction } = options
    const params = { contentTopic: topic, startTime, endTime }
    return mapEnvelopes(await this.apiClient.query(params, { direction, limit, pageSize }), mapper)
  }

  /** The same page by page, newest first unless told otherwise. */
  listEnvelopesPaginated<Out>(
    contentTopic: string,
    mapper: EnvelopeMapper<Out>,
    options: ListMessagesPaginatedOptions = {},
  ): AsyncGenerator<Out[]> {
    const { startTime, endTime, direction, pageSize = 100 } = options
    const params = { contentTopic, startTime, endTime }
    return mapPaginatedStream(
      this.apiClient.queryIteratePages(params, { direction, pageSize }),
      mapper,
    )
  }
}

/** Content of bytes, by a client's codecs. @throws CodecError, and what the codec throws */
export function decodeContent<ContentTypes>(
  contentBytes: Uint8Array,
  client: Client<ContentTypes>,
): Promise<DecodedContent<ContentTypes>> {
  return client.decodeContent(contentBytes)
}

/** What a client's content can be. */
export type GetMessageContentTypeFromClient<C> = C extends Client<infer T> ? T : never

function codecKey({ authorityId, typeId }: ContentTypeId): string {
  return `${authorityId}/${typeId}`
}

async function canMessage(
  peers: readonly string[],
  options: Partial<NetworkOptions>,
): Promise<boolean[]> {
  const addresses = peers.map(addressOf)
  const { transport } = apiClientOf(options)
  try {
    const found = await findContacts({ transport, crypto: portableCrypto() }, addresses)
    return found.map((contact) => contact !== undefined)
  } finally {
    await transport[Symbol.asyncDispose]()
  }
}

async function orFalse<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ValidationError) return otherwise
    throw error
  }
}
