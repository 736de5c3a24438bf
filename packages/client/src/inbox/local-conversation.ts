// Conversations of the protocol to records of the store, and back.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import { maxTimestampNs } from '@posthorn/envelope'
import type { LocalConversation, NewConversation } from '@posthorn/local-store'
import type { ConversationContext, ConversationV2 } from '@posthorn/protocol-v2'
import type { ConversationEntry } from '../conversation-entry.ts'
import type { InboxConversation } from './inbox.ts'

/** A conversation as the inbox works with it. */
export type KnownConversation = ConversationEntry & {
  /** Of the invitation that told of it; undefined when there was none. */
  readonly invitationId?: string | undefined
}

type Notes = {
  readonly isDerived?: true
  readonly invitationId?: string
  readonly proof?: { readonly signature: string; readonly timestampMs: string }
}

/** The record of a conversation. */
export function localConversationOf(known: KnownConversation): NewConversation {
  const { data, isDerived, invitationId } = known
  const { topic, peerAddress, version } = data
  const createdNs = data.createdNs > maxTimestampNs ? maxTimestampNs : data.createdNs
  const proof = data.version === 'v2' ? data.consentProof : undefined
  const notes: Notes = {
    ...(isDerived ? { isDerived } : {}),
    ...(invitationId === undefined ? {} : { invitationId }),
    ...(proof && {
      proof: { signature: proof.signature, timestampMs: String(proof.timestampMs) },
    }),
  }
  const base = { topic, peerAddress, createdNs, version, extra: toUtf8(JSON.stringify(notes)) }
  if (data.version === 'v1') return base
  const { conversationId, metadata } = data.context ?? {}
  return { ...base, keyMaterial: data.keyMaterial, conversationId, metadata }
}

/** The conversation of a record; undefined when it lacks what opens its messages. */
export function knownConversationOf(record: NewConversation): KnownConversation | undefined {
  const { topic, peerAddress, createdNs, version, keyMaterial, extra } = record
  const { isDerived = false, invitationId, proof } = notesIn(extra)
  const base = { topic, peerAddress, createdNs }
  if (version === 'v1') return { data: { ...base, version }, isDerived, invitationId }
  if (keyMaterial === undefined) return undefined
  const consentProof = proof && {
    signature: proof.signature,
    timestampMs: BigInt(proof.timestampMs),
  }
  const context = contextOf(record)
  const data: ConversationV2 = { ...base, version, keyMaterial, context, consentProof }
  return { data, isDerived, invitationId }
}

/** A conversation as applications see it: without its key. */
export function inboxConversationOf(record: LocalConversation): InboxConversation {
  const { topic, version, peerAddress, createdNs, consent, unreadCount, last, orderNs } = record
  const context = contextOf(record)
  return { topic, version, peerAddress, createdNs, context, consent, unreadCount, last, orderNs }
}

/**
 * Whether what an invitation tells takes the place of what is known, whatever the order in which they came: the
 * topic's own key wins over a claim, and of two of a kind the earlier one.
 */
export function isBetterEntry(entry: KnownConversation, known: KnownConversation): boolean {
  if (entry.isDerived !== known.isDerived) return entry.isDerived
  // What was begun here is what the network says of it, once that does.
  if (known.invitationId === undefined) return entry.invitationId !== undefined
  const [a, b] = [entry.data.createdNs, known.data.createdNs]
  if (a !== b) return a < b
  return (entry.invitationId ?? '') < (known.invitationId ?? '')
}

function contextOf(record: NewConversation): ConversationContext | undefined {
  const { conversationId, metadata } = record
  if (conversationId === undefined && metadata === undefined) return undefined
  return { conversationId: conversationId ?? '', metadata: metadata ?? {} }
}

function notesIn(extra: Uint8Array | undefined): Notes {
  if (extra === undefined) return {}
  try {
    return JSON.parse(fromUtf8(extra)) as Notes
  } catch {
    // Records of other programs have notes of their own.
    return {}
  }
}
