// Envelopes of a conversation to records of the store.

import { maxTimestampNs } from '@posthorn/envelope'
import { ProtocolError, UsageError } from '@posthorn/errors'
import type { LocalMessage } from '@posthorn/local-store'
import { type Conversation, messageId, type OpenedMessage } from '@posthorn/protocol-v2'
import type { Envelope } from '@posthorn/transport'
import type { ClientContext } from '../context.ts'
import { type ContentReader, factsOfContent } from './content-facts.ts'
import { encodeNotes } from './message-notes.ts'
import { revisionIn } from './revision.ts'

/** What reading envelopes needs. */
export type MessageReader = ContentReader & Pick<ClientContext, 'crypto' | 'keystore'>

/** The record of an envelope; what cannot be opened is kept as just that. */
export async function localMessageOf(
  reader: MessageReader,
  conversation: Conversation,
  envelope: Envelope,
): Promise<LocalMessage> {
  try {
    return await recordOf(reader, await openIn(reader, conversation, envelope.message))
  } catch (error) {
    // A closed keystore is no fault of the message.
    if (!(error instanceof ProtocolError) || error instanceof UsageError) throw error
    return unopened(reader, envelope, { topic: conversation.topic, code: error.code })
  }
}

/** Opens a message of a conversation. @throws as the keystore */
export function openIn(
  { keystore }: Pick<ClientContext, 'keystore'>,
  conversation: Conversation,
  bytes: Uint8Array,
): Promise<OpenedMessage> {
  return conversation.version === 'v1'
    ? keystore.openMessageV1({ bytes, topic: conversation.topic })
    : keystore.openMessage({ conversation, bytes })
}

async function recordOf(reader: MessageReader, opened: OpenedMessage): Promise<LocalMessage> {
  const { id, topic, sentNs, senderAddress, sealedId: copyKey, isFromStranger } = opened
  const facts = await factsOfContent(reader, opened.content)
  const revision = revisionIn(opened.content, senderAddress)
  const notes = {
    ...(isFromStranger ? { isFromStranger } : {}),
    ...(revision === undefined ? {} : { revises: revision.messageId }),
  }
  return {
    ...facts,
    id,
    topic,
    sentNs: sentNs > maxTimestampNs ? maxTimestampNs : sentNs,
    isOwn: senderAddress === reader.keystore.address,
    senderAddress,
    copyKey,
    about: revision?.name ?? facts.about,
    // Who got hold of a conversation's key can be seen in it, but does not ring.
    isQuiet: isFromStranger || facts.isQuiet,
    extra: encodeNotes(notes),
  }
}

type Failure = { readonly topic: string; readonly code: string }

function unopened(
  { crypto }: MessageReader,
  { message, timestampNs }: Envelope,
  { topic, code }: Failure,
): LocalMessage {
  const id = messageId(crypto, message)
  return { id, topic, sentNs: timestampNs, isOwn: false, undecodable: code, isQuiet: true }
}
