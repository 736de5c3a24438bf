// What an envelope on one of an account's inbox topics tells: that a conversation has begun.

import { introTopic } from '@posthorn/envelope'
import { type Conversation as ConversationData, conversationV1 } from '@posthorn/protocol-v2'
import type { Envelope } from '@posthorn/transport'
import type { ClientContext } from './context.ts'

/** A conversation that somebody has begun. */
export type ConversationEntry = {
  readonly data: ConversationData
  /** Whether its topic and key are those that both accounts compute; V1 always. */
  readonly isDerived: boolean
}

/** What opening an entry needs. */
export type EntryContext = Pick<ClientContext, 'crypto' | 'keystore'>

/**
 * Opens an invitation or an introduction; undefined when it is one to oneself.
 *
 * @throws as `openInvitation` and `openMessageV1` of the keystore
 */
export async function openEntry(
  context: EntryContext,
  envelope: Envelope,
): Promise<ConversationEntry | undefined> {
  const { address } = context.keystore
  const isIntroduction = envelope.contentTopic === introTopic(address)
  const entry = await (isIntroduction ? openIntroduction : openInvitation)(context, envelope)
  return entry.data.peerAddress === address ? undefined : entry
}

async function openInvitation(
  { keystore }: EntryContext,
  { message: bytes, timestampNs }: Envelope,
): Promise<ConversationEntry> {
  const { conversation, isDerived } = await keystore.openInvitation({ bytes, timestampNs })
  return { data: conversation, isDerived }
}

async function openIntroduction(
  { crypto, keystore }: EntryContext,
  { message: bytes }: Envelope,
): Promise<ConversationEntry> {
  const { address } = keystore
  const opened = await keystore.openMessageV1({ bytes })
  const isOwn = opened.senderAddress === address
  const peerAddress = isOwn ? (opened.recipientAddress ?? address) : opened.senderAddress
  const input = { selfAddress: address, peerAddress, createdNs: opened.sentNs }
  return { data: conversationV1(crypto, input), isDerived: true }
}
