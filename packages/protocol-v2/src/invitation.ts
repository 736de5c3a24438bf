// Invitations: the topic of a conversation and its key, as one account tells them to another.

import { isPrintableTopic, maxTopicBytes, topicCategory } from '@posthorn/envelope'
import { CodecError, ValidationError } from '@posthorn/errors'
import { type ConsentProof, consentProofFromWire, consentProofToWire } from '@posthorn/identity'
import {
  decode,
  encode,
  InvitationV1,
  type InvitationV1_Context as WireContext,
} from '@posthorn/wire'

/** Bytes of a conversation's key. */
export const keyMaterialBytes = 32

/** What tells several conversations of the same two accounts apart. */
export type ConversationContext = {
  /** Chosen by the application, for instance `example.org/chat-1`. */
  readonly conversationId: string
  readonly metadata: Readonly<Record<string, string>>
}

/** What an invitation says once it is opened. */
export type Invitation = {
  readonly topic: string
  /** Secret, 32 bytes. */
  readonly keyMaterial: Uint8Array
  readonly context?: ConversationContext | undefined
  readonly consentProof?: ConsentProof | undefined
}

/** The bytes of an invitation; not sealed. */
export function encodeInvitation(invitation: Invitation): Uint8Array {
  return encode(InvitationV1, invitationToWire(invitation))
}

/**
 * An invitation of its bytes.
 *
 * @throws CodecError `wire/malformed`, `invitation/bad-key`; ValidationError `invitation/bad-topic`
 */
export function decodeInvitation(bytes: Uint8Array): Invitation {
  return invitationFromWire(decode(InvitationV1, bytes, 'InvitationV1'))
}

/** The wire form of an invitation. */
export function invitationToWire(invitation: Invitation): InvitationV1 {
  const { topic, keyMaterial, context, consentProof } = invitation
  return {
    topic,
    context: context && contextToWire(context),
    encryption: { $case: 'aes256GcmHkdfSha256', value: { keyMaterial } },
    consentProof: consentProof && consentProofToWire(consentProof),
  }
}

/**
 * An invitation of its wire form; the key is a copy.
 *
 * @throws CodecError `invitation/bad-key`; ValidationError `invitation/bad-topic`
 */
export function invitationFromWire(wire: InvitationV1): Invitation {
  const consentProof = consentProofFromWire(wire.consentProof)
  return {
    topic: checkTopic(wire.topic),
    keyMaterial: copyKey(wire.encryption?.value.keyMaterial),
    ...(wire.context === undefined ? {} : { context: contextFromWire(wire.context) }),
    ...(consentProof === undefined ? {} : { consentProof }),
  }
}

/** The wire form of a context. */
export function contextToWire(context: ConversationContext): WireContext {
  const { conversationId, metadata } = context
  return { conversationId, metadata: new Map(Object.entries(metadata)) }
}

/** A context of its wire form. */
export function contextFromWire(wire: WireContext): ConversationContext {
  return { conversationId: wire.conversationId, metadata: Object.fromEntries(wire.metadata) }
}

// An inviter could otherwise make us write to and read from a topic of another kind.
function checkTopic(topic: string): string {
  const isConversation = topicCategory(topic) === 'v2-conversation' && isPrintableTopic(topic)
  if (isConversation && topic.length <= maxTopicBytes) return topic
  throw new ValidationError(
    'invitation/bad-topic',
    'Read invitation: found a topic of another kind, wanted that of a conversation',
  )
}

function copyKey(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes?.length === keyMaterialBytes) return new Uint8Array(bytes)
  throw new CodecError(
    'invitation/bad-key',
    `Read invitation: found a key of ${bytes?.length ?? 0} bytes, wanted ${keyMaterialBytes}`,
  )
}
