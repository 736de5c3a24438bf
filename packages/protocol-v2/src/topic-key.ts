// The topic and key of a conversation, as both accounts compute them from their shared secret.

import { equalConstantTime, toHex, toUtf8 } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { closableTopic, conversationTopic } from '@posthorn/envelope'
import { type Invitation, keyMaterialBytes } from './invitation.ts'
import type { AgreementRole } from './key-agreement.ts'

const salt = toUtf8('__XMTP__INVITATION__SALT__XMTP__')
const closingSalt = toUtf8('POSTHORN_CLOSING_SECRET')
const closingSecretBytes = 32

/** What {@link deriveTopicKey} takes. */
export type TopicKeyInput = {
  /** 195 bytes, agreed upon in the role of {@link derivingRole}. */
  readonly secret: Uint8Array
  readonly selfAddress: string
  readonly peerAddress: string
  /** Empty for the one conversation without context. */
  readonly conversationId: string
}

/** The role in which to agree on the secret, so that both ends get the same bytes. */
export function derivingRole(selfAddress: string, peerAddress: string): AgreementRole {
  return selfAddress < peerAddress ? 'recipient' : 'sender'
}

/**
 * Topic and key of a conversation. All conversations of the same two accounts and pre-keys have the same
 * key, and a new pre-key changes both.
 */
export function deriveTopicKey(
  { hash }: Pick<Crypto, 'hash'>,
  input: TopicKeyInput,
): Pick<Invitation, 'topic' | 'keyMaterial'> {
  const { secret, selfAddress, peerAddress, conversationId } = input
  // Order of the checksummed texts, upper case before lower.
  const [first, second] =
    selfAddress < peerAddress ? [selfAddress, peerAddress] : [peerAddress, selfAddress]
  const id = hash.hmacSha256(secret, toUtf8(`${conversationId}${first},${second}`))
  const info = toUtf8(`0|${first}|${second}`)
  const keyMaterial = hash.hkdfSha256({ secret, salt, info, lengthBytes: keyMaterialBytes })
  return { topic: conversationTopic(toHex(id)), keyMaterial }
}

/** What {@link closingSecret} takes. */
export type ClosingSecretInput = {
  /** Of the conversation. */
  readonly keyMaterial: Uint8Array
  readonly conversationId: string
}

/** The 32 bytes that close a closable conversation; whoever has its key can compute them. */
export function closingSecret(
  { hash }: Pick<Crypto, 'hash'>,
  { keyMaterial, conversationId }: ClosingSecretInput,
): Uint8Array {
  const info = toUtf8(conversationId)
  const lengthBytes = closingSecretBytes
  return hash.hkdfSha256({ secret: keyMaterial, salt: closingSalt, info, lengthBytes })
}

/** The topic of a conversation that can be closed, in place of the one that {@link deriveTopicKey} gives. */
export function deriveClosableTopic(
  crypto: Pick<Crypto, 'hash'>,
  input: ClosingSecretInput,
): string {
  return closableTopic(toHex(crypto.hash.sha256(closingSecret(crypto, input))))
}

/** Whether an invitation has the topic and key that its two accounts compute; those of old clients do not. */
export function isDerived(
  crypto: Pick<Crypto, 'hash'>,
  invitation: Invitation,
  input: Omit<TopicKeyInput, 'conversationId'>,
): boolean {
  const conversationId = invitation.context?.conversationId ?? ''
  const derived = deriveTopicKey(crypto, { ...input, conversationId })
  const { keyMaterial } = derived
  const topics = [derived.topic, deriveClosableTopic(crypto, { keyMaterial, conversationId })]
  return topics.includes(invitation.topic) && equalConstantTime(keyMaterial, invitation.keyMaterial)
}
