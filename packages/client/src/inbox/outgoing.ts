// Messages on their way out: sealed once, stored, and sent by the outbox whenever there is a network.

import { encodeContent, type OutgoingContent } from '@posthorn/content'
import { checkEnvelope, ephemeralTopic } from '@posthorn/envelope'
import { NotFoundError } from '@posthorn/errors'
import type {
  LocalConversation,
  LocalMessage,
  LocalStore,
  OutboxEntry,
} from '@posthorn/local-store'
import type { Conversation, SealedMessage } from '@posthorn/protocol-v2'
import type { CallOptions, Envelope } from '@posthorn/transport'
import type { ClientContext } from '../context.ts'
import { nsPerMs } from '../dates.ts'
import { beginningOf, recipientOf } from './beginning.ts'
import type { InboxSendOptions } from './inbox.ts'
import { forgetting } from './inbox-settings.ts'
import { knownConversationOf } from './local-conversation.ts'
import { localMessageOf, type MessageReader } from './local-message.ts'
import { withRevisions } from './revise.ts'

/** What sending needs. */
export type OutgoingParts = {
  readonly context: ClientContext
  readonly store: LocalStore
  readonly reader: MessageReader
}

/** Seals content, and stores it as a message that waits to be sent. @throws as `send` of the inbox */
export async function sendContent(
  parts: OutgoingParts,
  { topic, content }: { readonly topic: string; readonly content: unknown },
  options: InboxSendOptions,
): Promise<LocalMessage> {
  const { context, store, reader } = parts
  const record = await store.conversation(topic)
  const known = record && knownConversationOf(record)
  if (record === undefined || known === undefined) throw noConversation()
  const { compressor } = reader.decoding
  const outgoing = await encodeContent(reader.registry, content, { ...options, compressor })
  const sealed = await seal(parts, { record, data: known.data }, outgoing)
  const envelope = { contentTopic: topic, timestampNs: sealed.sentNs, message: sealed.bytes }
  checkEnvelope(envelope)
  // As it will be read when it comes back.
  const message = await localMessageOf(reader, known.data, envelope)
  if (outgoing.isEphemeral) {
    const fleeting = { ...envelope, contentTopic: ephemeralTopic(topic) }
    await context.publisher.publish([fleeting], options)
    return message
  }
  const revised = await withRevisions({ ...reader, store }, [message])
  await store.outbox.enqueue({ message, envelopes: [envelope] })
  const [, ...changed] = revised.messages
  if (changed.length > 0) await store.put({ messages: changed, settings: revised.settings })
  return { ...message, status: 'sending' }
}

/** Publishes an entry of the outbox, with what begins its conversation if that is new. */
export async function publishEntry(
  { context, store }: Pick<OutgoingParts, 'context' | 'store'>,
  entry: OutboxEntry,
  options: CallOptions,
): Promise<void> {
  const beginning = await beginningOf(store, entry)
  const envelopes: Envelope[] = [...(beginning?.envelopes ?? []), ...entry.envelopes]
  await context.publisher.publish(envelopes, options)
  if (beginning !== undefined) await store.put({ settings: forgetting([beginning.key]) })
}

type Sealing = { readonly record: LocalConversation; readonly data: Conversation }

async function seal(
  parts: OutgoingParts,
  { record, data }: Sealing,
  { bytes: content, shouldPush }: OutgoingContent,
): Promise<SealedMessage> {
  const { keystore, times } = parts.context
  // V1 has milliseconds only, so what is sent first must be a whole one earlier.
  const sentNs = times.next(data.version === 'v1' ? nsPerMs : 1n)
  if (data.version === 'v2') {
    return keystore.sealMessage({ conversation: data, content, shouldPush, sentNs })
  }
  const recipient = await recipientOf(parts, record)
  const recipientAddress = data.peerAddress
  return keystore.sealMessageV1({ recipient, recipientAddress, sentNs, content })
}

/** The error of writing where there is no conversation. */
export function noConversation(): NotFoundError {
  return new NotFoundError(
    'inbox/no-conversation',
    'Send message: the conversation is not in the store, begin it first',
  )
}
