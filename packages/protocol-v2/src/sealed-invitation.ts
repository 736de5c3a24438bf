// Invitations on their way: sealed to the peer, and to ourselves, so that our other devices find them.

import { wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { inviteTopic } from '@posthorn/envelope'
import { CodecError, UsageError, ValidationError } from '@posthorn/errors'
import {
  type ConsentProof,
  keyBundleFromWireV2,
  keyBundleToWireV2,
  type PublicKeyBundle,
  publicKeyBundleOf,
  recoverIdentityAddress,
} from '@posthorn/identity'
import { decode, encode, SealedInvitation, SealedInvitationHeaderV1 } from '@posthorn/wire'
import { decrypt } from './ciphertext.ts'
import type { ConversationV2 } from './conversation.ts'
import {
  type ConversationContext,
  decodeInvitation,
  encodeInvitation,
  type Invitation,
} from './invitation.ts'
import { agreeOnSecret, findPreKey, swapRole } from './key-agreement.ts'
import { isOwnBundle, type LocalIdentity } from './local-identity.ts'
import { encryptMaybeRepeatably } from './repeatable.ts'
import { deriveClosableTopic, deriveTopicKey, derivingRole, isDerived } from './topic-key.ts'

/** What {@link createInvitation} takes. */
export type CreateInvitationInput = {
  readonly identity: LocalIdentity
  /** The peer's newest verified bundle. */
  readonly recipient: PublicKeyBundle
  /** Now; the envelopes must carry exactly this time. */
  readonly createdNs: bigint
  readonly context?: ConversationContext | undefined
  readonly consentProof?: ConsentProof | undefined
  /** Whether either account may close the conversation for good, at nodes that know closing; default: false. */
  readonly isClosable?: boolean | undefined
  /** Same input, same bytes: salt and nonce follow from the keys and the input instead of being drawn. */
  readonly isRepeatable?: boolean | undefined
}

/** What {@link sealInvitation} takes. */
export type SealInvitationInput = Omit<
  CreateInvitationInput,
  'context' | 'consentProof' | 'isClosable'
> & {
  readonly invitation: Invitation
}

/** A new conversation, and the invitation that tells the peer of it. */
export type CreatedInvitation = {
  readonly conversation: ConversationV2
  /** The sealed invitation, to publish on each of `topics` in their order with the time `createdNs`. */
  readonly bytes: Uint8Array
  readonly topics: readonly [peer: string, own: string]
}

/** What {@link openInvitation} takes. */
export type OpenInvitationInput = {
  readonly identity: LocalIdentity
  readonly bytes: Uint8Array
  /** Time of the envelope that the bytes came in. */
  readonly timestampNs: bigint
}

/** An invitation that was opened. */
export type OpenedInvitation = {
  readonly conversation: ConversationV2
  /** Whether this account sent it. */
  readonly isOwn: boolean
  /**
   * Whether topic and key are those that both accounts compute. Old clients drew them at random; so does
   * whoever wants to claim another conversation's topic.
   */
  readonly isDerived: boolean
}

/**
 * Starts a conversation. Topic and key follow from the two bundles and the conversation id alone, so both
 * accounts and all their devices arrive at the same ones.
 *
 * @throws UsageError `invitation/to-self`; VerificationError `identity/pre-key-not-signed`,
 * `crypto/bad-signature`
 */
export async function createInvitation(
  crypto: Crypto,
  input: CreateInvitationInput,
): Promise<CreatedInvitation> {
  const { identity, recipient, createdNs, context, consentProof, isRepeatable } = input
  const selfAddress = identity.address
  const peerAddress = recoverIdentityAddress(crypto, recipient.identityKey)
  if (peerAddress === selfAddress) {
    throw new UsageError('invitation/to-self', 'Create invitation: the peer is this account itself')
  }
  const role = derivingRole(selfAddress, peerAddress)
  const { identityKey, preKeys } = identity.keys
  const secret = agreeOnSecret(crypto, { identityKey, preKey: preKeys[0], peer: recipient, role })
  const conversationId = context?.conversationId ?? ''
  const derived = deriveTopicKey(crypto, { secret, selfAddress, peerAddress, conversationId })
  wipe(secret)
  const { keyMaterial } = derived
  const topic = input.isClosable
    ? deriveClosableTopic(crypto, { keyMaterial, conversationId })
    : derived.topic
  const invitation = { topic, keyMaterial, context, consentProof }
  const bytes = await sealInvitation(crypto, {
    identity,
    recipient,
    createdNs,
    invitation,
    isRepeatable,
  })
  const conversation = { version: 'v2' as const, peerAddress, createdNs, ...invitation }
  return { conversation, bytes, topics: [inviteTopic(peerAddress), inviteTopic(selfAddress)] }
}

/**
 * Seals an invitation to a peer, and to the sender.
 *
 * @throws VerificationError `identity/pre-key-not-signed`
 */
export async function sealInvitation(
  crypto: Crypto,
  { identity, recipient, createdNs, invitation, isRepeatable }: SealInvitationInput,
): Promise<Uint8Array> {
  const { identityKey, preKeys } = identity.keys
  const headerBytes = encode(SealedInvitationHeaderV1, {
    sender: keyBundleToWireV2(publicKeyBundleOf(identity.keys)),
    recipient: keyBundleToWireV2(recipient),
    createdNs,
  })
  const agreement = { identityKey, preKey: preKeys[0], peer: recipient, role: 'sender' as const }
  const secret = agreeOnSecret(crypto, agreement)
  const plaintext = encodeInvitation(invitation)
  try {
    const repeatWith = isRepeatable ? identityKey : undefined
    const sealing = { secret, additionalData: headerBytes, repeatWith }
    const ciphertext = await encryptMaybeRepeatably(crypto, plaintext, sealing)
    const value = { headerBytes, ciphertext }
    return encode(SealedInvitation, { version: { $case: 'v1', value } })
  } finally {
    wipe(secret, plaintext)
  }
}

/**
 * Opens an invitation that this account sent or received.
 *
 * @throws CodecError `invitation/unknown-version`, `invitation/bad-key`, `identity/malformed-key`,
 * `identity/malformed-signature`, `ciphertext/missing`, `wire/malformed`;
 * ValidationError `invitation/timestamp-mismatch`, `invitation/not-for-me`, `invitation/bad-topic`;
 * NotFoundError `keystore/no-matching-pre-key`;
 * VerificationError `identity/pre-key-not-signed`, `crypto/decrypt-failed`, `crypto/bad-signature`
 */
export async function openInvitation(
  crypto: Crypto,
  { identity, bytes, timestampNs }: OpenInvitationInput,
): Promise<OpenedInvitation> {
  const { version } = decode(SealedInvitation, bytes, 'SealedInvitation')
  if (version === undefined) throw unknownVersion()
  const { headerBytes, ciphertext } = version.value
  const { own, peer, isOwn, createdNs } = readHeader(identity, headerBytes)
  if (createdNs !== timestampNs) throw timestampMismatch()
  const { identityKey } = identity.keys
  const preKey = findPreKey(identity.keys, own.preKey)
  const role = isOwn ? 'sender' : 'recipient'
  const secret = agreeOnSecret(crypto, { identityKey, preKey, peer, role })
  try {
    const plaintext = await decrypt(crypto, ciphertext, { secret, additionalData: headerBytes })
    const invitation = decodeInvitation(plaintext)
    wipe(plaintext)
    const peerAddress = recoverIdentityAddress(crypto, peer.identityKey)
    const selfAddress = identity.address
    if (role !== derivingRole(selfAddress, peerAddress)) swapRole(secret)
    return {
      conversation: { version: 'v2', peerAddress, createdNs, ...invitation },
      isOwn,
      isDerived: isDerived(crypto, invitation, { secret, selfAddress, peerAddress }),
    }
  } finally {
    wipe(secret)
  }
}

type InvitationHeader = {
  readonly own: PublicKeyBundle
  readonly peer: PublicKeyBundle
  readonly isOwn: boolean
  readonly createdNs: bigint
}

function readHeader(identity: LocalIdentity, bytes: Uint8Array): InvitationHeader {
  const header = decode(SealedInvitationHeaderV1, bytes, 'SealedInvitationHeaderV1')
  const { createdNs } = header
  const sender = keyBundleFromWireV2(header.sender)
  const recipient = keyBundleFromWireV2(header.recipient)
  if (isOwnBundle(identity, sender)) return { own: sender, peer: recipient, isOwn: true, createdNs }
  if (isOwnBundle(identity, recipient)) {
    return { own: recipient, peer: sender, isOwn: false, createdNs }
  }
  throw new ValidationError(
    'invitation/not-for-me',
    'Open invitation: it is between two other accounts, or other keys of this one',
  )
}

function unknownVersion(): CodecError {
  return new CodecError(
    'invitation/unknown-version',
    'Open invitation: found no version that is known, wanted 1',
  )
}

function timestampMismatch(): ValidationError {
  return new ValidationError(
    'invitation/timestamp-mismatch',
    'Open invitation: the envelope has another time than the invitation itself',
  )
}
