// The topic and key of a conversation, as both accounts compute them from their shared secret.

import { equalConstantTime, toHex, toUtf8 } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { conversationTopic } from '@posthorn/envelope'
import { type Invitation, keyMaterialBytes } from './invitation.ts'
import type { AgreementRole } from './key-agreement.ts'

const salt = toUtf8('__XMTP__INVITATION__SALT__XMTP__')

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

/** Whether an invitation has the topic and key that its two accounts compute; those of old clients do not. */
export function isDerived(
  crypto: Pick<Crypto, 'hash'>,
  invitation: Invitation,
  input: Omit<TopicKeyInput, 'conversationId'>,
): boolean {
  const conversationId = invitation.context?.conversationId ?? ''
  const derived = deriveTopicKey(crypto, { ...input, conversationId })
  return (
    derived.topic === invitation.topic &&
    equalConstantTime(derived.keyMaterial, invitation.keyMaterial)
  )
}
