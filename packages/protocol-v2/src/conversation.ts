// Conversations as data: where their messages are filed, and what opens them.

import type { Crypto } from '@posthorn/crypto'
import { directMessageTopic } from '@posthorn/envelope'
import {
  type ConsentProof,
  consentProofFromWire,
  consentProofToWire,
  parseAddress,
} from '@posthorn/identity'
import type { ConversationReference as WireReference } from '@posthorn/wire'
import { type ConversationContext, contextFromWire, contextToWire } from './invitation.ts'

/** A conversation of two accounts whose messages are encrypted under their key bundles. */
export type ConversationV1 = {
  readonly version: 'v1'
  readonly topic: string
  /** In EIP-55 form. */
  readonly peerAddress: string
  readonly createdNs: bigint
}

/** A conversation that an invitation opened, with a topic and a key of its own. */
export type ConversationV2 = {
  readonly version: 'v2'
  readonly topic: string
  /** In EIP-55 form. */
  readonly peerAddress: string
  readonly createdNs: bigint
  /** Secret, 32 bytes: whoever has it can read the conversation. */
  readonly keyMaterial: Uint8Array
  readonly context?: ConversationContext | undefined
  /** The peer's proof that it agreed to be written to, or ours. */
  readonly consentProof?: ConsentProof | undefined
}

/** A conversation of either version. */
export type Conversation = ConversationV1 | ConversationV2

/** What may be told of a conversation without giving its key away. */
export type ConversationReference = Omit<ConversationV2, 'version' | 'keyMaterial'>

/** What {@link conversationV1} takes. */
export type ConversationV1Input = {
  readonly selfAddress: string
  readonly peerAddress: string
  /** Time of the first message. */
  readonly createdNs: bigint
}

/**
 * The V1 conversation of two accounts; addresses are taken in either case.
 *
 * @throws ValidationError `identity/bad-address`, `identity/bad-address-checksum`
 */
export function conversationV1(
  crypto: Pick<Crypto, 'hash'>,
  input: ConversationV1Input,
): ConversationV1 {
  const peerAddress = parseAddress(crypto, input.peerAddress)
  const topic = directMessageTopic(parseAddress(crypto, input.selfAddress), peerAddress)
  return { version: 'v1', topic, peerAddress, createdNs: input.createdNs }
}

/** The wire form of a reference. */
export function referenceToWire(reference: ConversationReference): WireReference {
  const { topic, peerAddress, createdNs, context, consentProof } = reference
  return {
    topic,
    peerAddress,
    createdNs,
    context: context && contextToWire(context),
    consentProofPayload: consentProof && consentProofToWire(consentProof),
  }
}

/** A reference of its wire form. */
export function referenceFromWire(wire: WireReference): ConversationReference {
  const consentProof = consentProofFromWire(wire.consentProofPayload)
  return {
    topic: wire.topic,
    peerAddress: wire.peerAddress,
    createdNs: wire.createdNs,
    ...(wire.context === undefined ? {} : { context: contextFromWire(wire.context) }),
    ...(consentProof === undefined ? {} : { consentProof }),
  }
}
