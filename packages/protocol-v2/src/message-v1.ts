// V1 messages: encrypted under the key bundles of both accounts, and authentic because nobody else has
// their shared secret.

import { msToNs, nsToMs, wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { directMessageTopic } from '@posthorn/envelope'
import { ValidationError } from '@posthorn/errors'
import {
  keyBundleFromWireV1,
  keyBundleToWireV1,
  type PublicKeyBundle,
  publicKeyBundleOf,
  recoverIdentityAddress,
} from '@posthorn/identity'
import { decode, encode, Message, MessageHeaderV1, type MessageV1 } from '@posthorn/wire'
import { decrypt } from './ciphertext.ts'
import { topicMismatch, unknownVersion } from './errors.ts'
import { agreeOnSecret, findPreKey } from './key-agreement.ts'
import { isOwnBundle, type LocalIdentity } from './local-identity.ts'
import { messageId, sealedId } from './message-id.ts'
import type { OpenedMessage, SealedMessage } from './opened-message.ts'
import { encryptMaybeRepeatably } from './repeatable.ts'

/** What {@link sealMessageV1} takes. */
export type SealMessageV1Input = {
  readonly identity: LocalIdentity
  /** The peer's verified bundle. */
  readonly recipient: PublicKeyBundle
  /** In EIP-55 form. */
  readonly recipientAddress: string
  /** Now; V1 keeps whole milliseconds. */
  readonly sentNs: bigint
  /** Encoded content. */
  readonly content: Uint8Array
  /** Same input, same bytes: salt and nonce follow from the keys and the input instead of being drawn. */
  readonly isRepeatable?: boolean | undefined
}

/** What {@link openMessageV1} takes. */
export type OpenMessageV1Input = {
  readonly identity: LocalIdentity
  readonly bytes: Uint8Array
  /** The conversation's topic, where that is known; on intro topics it is not. */
  readonly topic?: string | undefined
}

/**
 * Seals a V1 message.
 *
 * @throws ValidationError `identity/not-legacy` when one of the bundles has no V1 form;
 * VerificationError `identity/pre-key-not-signed`
 */
export async function sealMessageV1(
  crypto: Crypto,
  input: SealMessageV1Input,
): Promise<SealedMessage> {
  const { identity, recipient, content } = input
  const { identityKey, preKeys } = identity.keys
  const sentMs = nsToMs(input.sentNs)
  const headerBytes = encode(MessageHeaderV1, {
    sender: keyBundleToWireV1(publicKeyBundleOf(identity.keys)),
    recipient: keyBundleToWireV1(recipient),
    timestamp: BigInt(sentMs),
  })
  const agreement = { identityKey, preKey: preKeys[0], peer: recipient, role: 'sender' as const }
  const secret = agreeOnSecret(crypto, agreement)
  const repeatWith = input.isRepeatable ? identityKey : undefined
  const context = { secret, additionalData: headerBytes, repeatWith }
  const ciphertext = await encryptMaybeRepeatably(crypto, content, context)
  wipe(secret)
  const bytes = encode(Message, {
    version: { $case: 'v1', value: { headerBytes, ciphertext } },
  })
  const topic = directMessageTopic(identity.address, input.recipientAddress)
  return { id: messageId(crypto, bytes), bytes, sentNs: msToNs(sentMs), topic }
}

/**
 * Opens a V1 message that this account sent or received.
 *
 * @throws CodecError `message/unknown-version`, `identity/malformed-key`, `identity/malformed-signature`,
 * `ciphertext/missing`, `wire/malformed`; ValidationError `message/topic-mismatch`, `message/not-for-me`;
 * NotFoundError `keystore/no-matching-pre-key`;
 * VerificationError `identity/pre-key-not-signed`, `crypto/decrypt-failed`, `crypto/bad-signature`
 */
export async function openMessageV1(
  crypto: Crypto,
  { identity, bytes, topic }: OpenMessageV1Input,
): Promise<OpenedMessage> {
  const { headerBytes, ciphertext } = messageV1Of(bytes)
  const { own, peer, isOwn, timestampMs } = readHeader(identity, headerBytes)
  const peerAddress = recoverIdentityAddress(crypto, peer.identityKey)
  const conversation = directMessageTopic(identity.address, peerAddress)
  if (topic !== undefined && topic !== conversation) throw topicMismatch()
  const { identityKey } = identity.keys
  const preKey = findPreKey(identity.keys, own.preKey)
  const role = isOwn ? 'sender' : 'recipient'
  const secret = agreeOnSecret(crypto, { identityKey, preKey, peer, role })
  try {
    const content = await decrypt(crypto, ciphertext, { secret, additionalData: headerBytes })
    return {
      version: 'v1',
      id: messageId(crypto, bytes),
      sealedId: sealedId(crypto, { headerBytes, ciphertext }),
      senderAddress: isOwn ? identity.address : peerAddress,
      recipientAddress: isOwn ? peerAddress : identity.address,
      sentNs: msToNs(timestampMs),
      topic: conversation,
      content,
      isFromStranger: false,
    }
  } finally {
    wipe(secret)
  }
}

function messageV1Of(bytes: Uint8Array): MessageV1 {
  const { version } = decode(Message, bytes, 'Message')
  if (version?.$case === 'v1') return version.value
  throw unknownVersion(version?.$case, 'v1')
}

type HeaderV1 = {
  readonly own: PublicKeyBundle
  readonly peer: PublicKeyBundle
  readonly isOwn: boolean
  readonly timestampMs: bigint
}

function readHeader(identity: LocalIdentity, bytes: Uint8Array): HeaderV1 {
  const header = decode(MessageHeaderV1, bytes, 'MessageHeaderV1')
  const sender = keyBundleFromWireV1(header.sender)
  const recipient = keyBundleFromWireV1(header.recipient)
  const timestampMs = header.timestamp
  if (isOwnBundle(identity, sender)) {
    return { own: sender, peer: recipient, isOwn: true, timestampMs }
  }
  if (isOwnBundle(identity, recipient)) {
    return { own: recipient, peer: sender, isOwn: false, timestampMs }
  }
  throw new ValidationError(
    'message/not-for-me',
    'Open message: it is between two other accounts, or other keys of this one',
  )
}
