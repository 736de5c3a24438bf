// The two accounts of a conversation, one with our client and one with the published package; and second clients
// of both accounts, of the other kind, that only read.

import type { Client, Conversation, SendOptions } from '@posthorn/client'
import { createClient } from '@posthorn/client'
import {
  type ContentCodec,
  type ContentTypeId,
  type EncodedContent,
  standardCodecs,
} from '@posthorn/content'
import { forPeer, type PeerCodec, peerCodecs } from '../content-types/peers.ts'
import {
  newAccount,
  type SdkClient,
  type SdkClientOptions,
  type SdkConversation,
  type SdkMessage,
  type SdkSendOptions,
  sdk,
  type ViemAccount,
} from '../xmtp-js/sdk.ts'
import type { World } from '../xmtp-js/world.ts'
import { type Junk, junkBytes, oldestMessage } from './junk.ts'
import { carrierType, type Plan, type PlannedMessage } from './plan.ts'

/** A conversation between the two kinds of clients. */
export type Parties = AsyncDisposable & {
  readonly ours: Conversation
  readonly published: SdkConversation
  /** Both conversations of the account that the published package speaks for, read by ours. */
  readonly oursOfPublished: Conversation
  readonly addresses: { readonly ours: string; readonly published: string }
  readonly clients: {
    readonly ours: Client
    readonly published: SdkClient
    readonly oursOfPublished: Client
  }
  /** Another client of the account that we speak for, by the published package. */
  publishedOfOurs(): Promise<SdkClient>
  /** Writes junk onto the conversation's topic, or that of what is never stored. */
  disturb(junk: Junk, isEphemeral: boolean): Promise<void>
}

const carrier: ContentCodec = {
  contentType: carrierType,
  encode: (content) => content as EncodedContent,
  decode: () => undefined,
  fallback: () => undefined,
  shouldPush: () => true,
}

const codecs = [...standardCodecs, carrier]
// Without that of reactions.
const plantedCodecs = codecs.filter(({ contentType }) => contentType.typeId !== 'reaction')
const publishedCodecs = [...Object.values(peerCodecs), carrierOfPublished()]
const legacyOnly = { publishLegacyContact: true }

/** Opens the clients of a plan, begins its conversation and sends its first message. */
export async function openParties(world: World, plan: Plan): Promise<Parties> {
  const { url } = world
  const closers: (() => Promise<unknown>)[] = []
  const openOurs = async (account: ViemAccount, known = codecs): Promise<Client> => {
    const client = await createClient(account, { url, codecs: known })
    closers.push(() => client.close())
    return client
  }
  const openPublished = (account: ViemAccount, more: object = {}): Promise<SdkClient> =>
    world.sdkClient(account, { codecs: [...publishedCodecs], ...more } as SdkClientOptions)
  const [ourAccount, theirAccount] = [newAccount(), newAccount()]
  const isV1 = plan.version === 'v1'
  const theirs = await openPublished(theirAccount, isV1 ? legacyOnly : {})
  if (isV1 && plan.begunBy === 'published') await openPublished(ourAccount, legacyOnly)
  const begun =
    plan.begunBy === 'ours' || !isV1
      ? await begin(plan, await openOurs(ourAccount), theirs)
      : await beginV1(plan, () => openOurs(ourAccount), { theirs, address: ourAccount.address })
  const reader = await openOurs(theirAccount, plan.isPlanted ? plantedCodecs : codecs)
  const { client: ours, published } = begun
  return {
    ours: begun.ours,
    published,
    oursOfPublished: only(await reader.conversations()),
    clients: { ours, published: theirs, oursOfPublished: reader },
    addresses: { ours: ourAccount.address, published: theirAccount.address },
    publishedOfOurs: () => openPublished(ourAccount, { skipContactPublishing: true }),
    disturb: async (junk, isEphemeral) => {
      const { topic, ephemeralTopic } = published
      const message = junkBytes(junk, await oldestMessage(url, topic))
      const contentTopic = isEphemeral ? ephemeralTopic : topic
      await theirs.publishEnvelopes([{ contentTopic, message }])
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(closers.map((close) => close()))
    },
  }
}

/** Sends a message of ours. Gives its id and its time in milliseconds. */
export async function sendOurs(
  conversation: Conversation,
  message: PlannedMessage,
): Promise<IdAndTime> {
  const { compression, timestamp, isEphemeral: ephemeral } = message
  const options: SendOptions = { contentType: typeOf(message), compression, timestamp, ephemeral }
  if (!message.isPrepared) return idAndTime(await conversation.send(message.content, options))
  const prepared = await conversation.prepare(message.content, options)
  return sameIdAndTime(await prepared.send(), prepared.message.id)
}

/** Sends a message of the published package. */
export async function sendPublished(
  conversation: SdkConversation,
  message: PlannedMessage,
): Promise<IdAndTime> {
  const { compression, timestamp, isEphemeral } = message
  const { COMPRESSION_DEFLATE: deflate, COMPRESSION_GZIP: gzip } = sdk.Compression
  const number = compression === 'deflate' ? deflate : gzip
  const options = {
    contentType: publishedTypeOf(message),
    ephemeral: isEphemeral,
    ...(compression === undefined ? {} : { compression: number }),
    ...(timestamp === undefined ? {} : { timestamp }),
  }
  const content = message.kind === 'carried' ? message.content : forPeer(message.content)
  if (!message.isPrepared) {
    return idAndTime(await conversation.send(content, options as SdkSendOptions))
  }
  const prepared = await (conversation as Preparing).prepareMessage(content, options)
  return sameIdAndTime(await prepared.send(), await prepared.messageID())
}

type Preparing = SdkConversation & {
  prepareMessage(
    content: unknown,
    options: object,
  ): Promise<{ messageID(): Promise<string>; send(): Promise<SdkMessage> }>
}

type IdAndTime = { readonly id: string; readonly sentMs: number }

function idAndTime({ id, sent }: { readonly id: string; readonly sent: Date }): IdAndTime {
  return { id, sentMs: sent.getTime() }
}

function sameIdAndTime(sent: { readonly id: string; readonly sent: Date }, id: string): IdAndTime {
  if (sent.id !== id) throw new RangeError(`sent ${sent.id}, prepared ${id}`)
  return idAndTime(sent)
}

/** The codec of the published packages for a kind of content; undefined for what is carried. */
export function publishedCodec({ kind }: Pick<PlannedMessage, 'kind'>): PeerCodec | undefined {
  return peerCodecs[kind.endsWith(' text') ? 'text' : kind]
}

function typeOf(message: PlannedMessage): ContentTypeId {
  const type = publishedCodec(message)?.contentType ?? carrierType
  const { authorityId, typeId, versionMajor, versionMinor } = type
  return { authorityId, typeId, versionMajor, versionMinor }
}

function publishedTypeOf(message: PlannedMessage): ContentTypeId {
  return publishedCodec(message)?.contentType ?? carrierOfPublished().contentType
}

// Content type ids of the published packages are instances of their class.
function carrierOfPublished(): PeerCodec {
  const text = peerCodecs['text']?.contentType
  const contentType = Object.assign(Object.create(Object.getPrototypeOf(text)), carrierType)
  return { ...carrier, contentType } as unknown as PeerCodec
}

type Begun = Pick<Parties, 'ours' | 'published'> & { readonly client: Client }

async function begin(plan: Plan, ours: Client, theirs: SdkClient): Promise<Begun> {
  const first = plan.messages[0]?.content
  if (plan.begunBy === 'ours') {
    const begun = await ours.newConversation(theirs.address, { ...plan.context })
    await begun.send(first)
    return { client: ours, ours: begun, published: only(await theirs.conversations.list()) }
  }
  const context = plan.context && { ...plan.context, metadata: { ...plan.context.metadata } }
  const begun = await theirs.conversations.newConversation(ours.address, context)
  await begun.send(first)
  return { client: ours, ours: only(await ours.conversations()), published: begun }
}

// As long as only the V1 contact of our account is known.
async function beginV1(
  plan: Plan,
  open: () => Promise<Client>,
  { theirs, address }: { readonly theirs: SdkClient; readonly address: string },
): Promise<Begun> {
  const published = await theirs.conversations.newConversation(address)
  await published.send(plan.messages[0]?.content)
  const ours = await open()
  return { client: ours, ours: only(await ours.conversations()), published }
}

/** The only item. */
export function only<T>(items: readonly T[]): T {
  const [item] = items
  if (item !== undefined && items.length === 1) return item
  throw new RangeError(`found ${items.length} conversations, wanted one`)
}
