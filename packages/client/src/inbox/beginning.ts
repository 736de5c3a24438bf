// Conversations that have begun here, and that the peer learns of with their first message: what is to be published
// with it waits in the store.

import { fromBase64, toBase64 } from '@posthorn/bytes'
import { introTopic } from '@posthorn/envelope'
import { UsageError } from '@posthorn/errors'
import { isLegacyKeyBundle, parseAddress, type VerifiedContactBundle } from '@posthorn/identity'
import type {
  LocalConversation,
  LocalStore,
  OutboxEntry,
  SettingValue,
} from '@posthorn/local-store'
import { conversationV1 } from '@posthorn/protocol-v2'
import type { Envelope } from '@posthorn/transport'
import type { ClientContext } from '../context.ts'
import type { BeginOptions } from './inbox.ts'
import { settingPrefixes } from './inbox-settings.ts'
import { contactFor } from './known-contacts.ts'
import { type KnownConversation, localConversationOf } from './local-conversation.ts'

/** What beginning needs. */
export type BeginningParts = { readonly context: ClientContext; readonly store: LocalStore }

/** What goes out with the first message: an invitation on some topics, or the message itself on the inbox topics. */
type Beginning =
  | {
      readonly kind: 'invitation'
      readonly topics: readonly string[]
      readonly createdNs: string
      readonly message: string
    }
  | { readonly kind: 'introduction'; readonly topics: readonly string[] }

/** The topic of the conversation with a peer; a new one is stored. @throws as `begin` of the inbox */
export async function beginConversation(
  parts: BeginningParts,
  peer: string,
  options: BeginOptions,
): Promise<string> {
  const { context, store } = parts
  const address = parseAddress(context.crypto, peer)
  if (address === context.keystore.address) throw toSelf()
  const existing = await store.conversationsWith(address)
  const { conversationId = '', signal } = options
  const known = existing.find(
    (each) => each.version === 'v2' && (each.conversationId ?? '') === conversationId,
  )
  if (known !== undefined) return known.topic
  const contact = await contactFor(context, { store, address, signal })
  const mayBeV1 = conversationId === '' && isLegacyKeyBundle(contact.keyBundle)
  const v1 = existing.find(({ version }) => version === 'v1')
  if (mayBeV1 && v1 !== undefined) return v1.topic
  if (mayBeV1 && contact.version === 'v1') return introduce(parts, address)
  return invite(parts, contact, options)
}

/** What a message publishes besides itself; to be forgotten once it is sent. */
export async function beginningOf(
  store: LocalStore,
  { topic, envelopes }: Pick<OutboxEntry, 'topic' | 'envelopes'>,
): Promise<{ readonly key: string; readonly envelopes: readonly Envelope[] } | undefined> {
  const key = `${settingPrefixes.begin}${topic}`
  const beginning = beginningIn(await store.setting(key))
  if (beginning === undefined) return undefined
  const { topics } = beginning
  if (beginning.kind === 'introduction') {
    const copies = topics.flatMap((contentTopic) =>
      envelopes.map((each) => ({ ...each, contentTopic })),
    )
    return { key, envelopes: copies }
  }
  const message = fromBase64(beginning.message)
  const timestampNs = BigInt(beginning.createdNs)
  return { key, envelopes: topics.map((contentTopic) => ({ contentTopic, timestampNs, message })) }
}

async function invite(
  parts: BeginningParts,
  contact: VerifiedContactBundle,
  { conversationId = '', metadata = {} }: BeginOptions,
): Promise<string> {
  const { keystore, times } = parts.context
  const hasContext = conversationId !== '' || Object.keys(metadata).length > 0
  const createdNs = times.next()
  const created = await keystore.createInvitation({
    recipient: contact.keyBundle,
    createdNs,
    context: hasContext ? { conversationId, metadata } : undefined,
  })
  const message = toBase64(created.bytes)
  const { topics, conversation: data } = created
  const digits = String(createdNs)
  const beginning: Beginning = { kind: 'invitation', topics, createdNs: digits, message }
  return store(parts, { data, isDerived: true }, beginning)
}

function introduce(parts: BeginningParts, peerAddress: string): Promise<string> {
  const { crypto, keystore, times } = parts.context
  const { address: selfAddress } = keystore
  const data = conversationV1(crypto, { selfAddress, peerAddress, createdNs: times.next() })
  const topics = [introTopic(peerAddress), introTopic(selfAddress)]
  return store(parts, { data, isDerived: true }, { kind: 'introduction', topics })
}

async function store(
  parts: BeginningParts,
  known: KnownConversation,
  beginning: Beginning,
): Promise<string> {
  const { topic } = known.data
  const settings = [
    { key: `${settingPrefixes.begin}${topic}`, value: beginning },
    // Another client of the account may have begun it before.
    { key: `${settingPrefixes.past}${topic}`, value: {} },
  ]
  await parts.store.put({ conversations: [localConversationOf(known)], settings })
  return topic
}

function beginningIn(value: SettingValue | undefined): Beginning | undefined {
  const isOne = typeof value === 'object' && value !== null && 'kind' in value
  return isOne ? (value as Beginning) : undefined
}

/** The peer's keys for a V1 conversation, whose messages are sealed to them one by one. */
export async function recipientOf(
  { context, store }: BeginningParts,
  { peerAddress }: Pick<LocalConversation, 'peerAddress'>,
): Promise<VerifiedContactBundle['keyBundle']> {
  return (await contactFor(context, { store, address: peerAddress })).keyBundle
}

function toSelf(): UsageError {
  return new UsageError('conversation/self', 'Begin conversation: the peer is this account itself')
}
