// V2 messages: signed by the sender's pre-key, then encrypted under the conversation's key.

import { nsToMs } from '@posthorn/bytes'
import type { Crypto, VerifyCrypto } from '@posthorn/crypto'
import { CodecError, VerificationError } from '@posthorn/errors'
import {
  keyBundleFromWireV2,
  keyBundleToWireV2,
  type PrivateKeyBundle,
  publicKeyBundleOf,
  recoverIdentityAddress,
  signatureFromWire,
  signatureToWire,
  verifyPreKey,
} from '@posthorn/identity'
import {
  decode,
  encode,
  Message,
  MessageHeaderV2,
  type MessageV2,
  SignedContent,
  SignedPublicKeyBundle,
} from '@posthorn/wire'
import { decrypt } from './ciphertext.ts'
import type { ConversationV2 } from './conversation.ts'
import { topicMismatch, unknownVersion } from './errors.ts'
import { hashBoth } from './hash-both.ts'
import { hmacPeriod, senderHmacKey } from './hmac-key.ts'
import {
  type KeyBundleCache,
  recallSender,
  rememberSender,
  type VerifiedSender,
} from './key-bundle-cache.ts'
import type { LocalIdentity } from './local-identity.ts'
import { messageId, sealedId } from './message-id.ts'
import type { OpenedMessage, SealedMessage } from './opened-message.ts'
import { encryptMaybeRepeatably } from './repeatable.ts'

/** What {@link sealMessage} takes. */
export type SealMessageInput = {
  readonly identity: LocalIdentity
  readonly conversation: Pick<ConversationV2, 'topic' | 'keyMaterial'>
  /** Encoded content. */
  readonly content: Uint8Array
  /** Whether the receiver's phone should ring. */
  readonly shouldPush: boolean
  /** When the message is said to be sent. */
  readonly sentNs: bigint
  /** Now, for the sender's HMAC; default `sentNs`. */
  readonly nowNs?: bigint | undefined
  /** Same input, same bytes: salt and nonce follow from the keys and the input instead of being drawn. */
  readonly isRepeatable?: boolean | undefined
}

/** What {@link openMessage} takes. */
export type OpenMessageInput = {
  readonly conversation: Pick<ConversationV2, 'topic' | 'keyMaterial' | 'peerAddress'>
  /** This account, in EIP-55 form. */
  readonly selfAddress: string
  readonly bytes: Uint8Array
  /** Spares the second and later messages of a sender two of three curve operations. */
  readonly senders?: KeyBundleCache | undefined
}

/** Seals a V2 message. Ephemeral ones are sealed the same way and published on the ephemeral topic. */
export async function sealMessage(crypto: Crypto, input: SealMessageInput): Promise<SealedMessage> {
  const { identity, conversation, content, shouldPush, sentNs, nowNs = sentNs } = input
  const { topic, keyMaterial } = conversation
  const headerBytes = encode(MessageHeaderV2, { createdNs: sentNs, topic })
  const plaintext = signContent(crypto, identity, { headerBytes, content })
  const repeatWith = input.isRepeatable ? identity.keys.identityKey : undefined
  const context = { secret: keyMaterial, additionalData: headerBytes, repeatWith }
  const ciphertext = await encryptMaybeRepeatably(crypto, plaintext, context)
  const { address } = identity
  const key = senderHmacKey(crypto, { keyMaterial, address }, hmacPeriod(nsToMs(nowNs)))
  const senderHmac = crypto.hash.hmacSha256(key, headerBytes)
  const value = { headerBytes, ciphertext, senderHmac, shouldPush }
  const bytes = encode(Message, { version: { $case: 'v2', value } })
  return { id: messageId(crypto, bytes), bytes, sentNs, topic }
}

/**
 * Opens a V2 message and proves its sender: the header names this conversation, the ciphertext holds under
 * its key, the pre-key is signed by the identity key, the content by the pre-key, and the identity key by
 * the wallet of the address that is returned. Whoever has the conversation's key can write in it, so a
 * sender who is neither of the two accounts is flagged.
 *
 * @throws CodecError `message/unknown-version`, `ciphertext/missing`, `identity/malformed-key`,
 * `identity/malformed-signature`, `wire/malformed`; ValidationError `message/topic-mismatch`;
 * VerificationError `crypto/decrypt-failed`, `identity/pre-key-not-signed`, `message/bad-signature`,
 * `crypto/bad-signature`
 */
export async function openMessage(crypto: Crypto, input: OpenMessageInput): Promise<OpenedMessage> {
  const { conversation, selfAddress, bytes, senders } = input
  const { headerBytes, ciphertext } = messageV2Of(bytes)
  const { createdNs, topic } = decode(MessageHeaderV2, headerBytes, 'MessageHeaderV2')
  if (topic !== conversation.topic) throw topicMismatch()
  const context = { secret: conversation.keyMaterial, additionalData: headerBytes }
  const plaintext = await decrypt(crypto, ciphertext, context)
  const signed = decode(SignedContent, plaintext, 'SignedContent')
  const senderAddress = verifySender(crypto, { signed, headerBytes, senders })
  return {
    version: 'v2',
    id: messageId(crypto, bytes),
    sealedId: sealedId(crypto, { headerBytes, ciphertext }),
    senderAddress,
    sentNs: createdNs,
    topic,
    content: signed.payload,
    isFromStranger: senderAddress !== selfAddress && senderAddress !== conversation.peerAddress,
  }
}

type ContentToSign = { readonly headerBytes: Uint8Array; readonly content: Uint8Array }

function signContent(
  crypto: Crypto,
  { keys }: LocalIdentity,
  { headerBytes, content }: ContentToSign,
): Uint8Array {
  const digest = hashBoth(crypto, headerBytes, content)
  return encode(SignedContent, {
    payload: content,
    sender: senderBytes(keys),
    signature: signatureToWire(crypto.curve.sign(digest, keys.preKeys[0].secret)),
  })
}

// Every message of an account carries the same bundle.
const bundles = new WeakMap<PrivateKeyBundle, Uint8Array>()

function senderBytes(keys: PrivateKeyBundle): Uint8Array {
  const known = bundles.get(keys)
  if (known !== undefined) return known
  const bundle = encode(SignedPublicKeyBundle, keyBundleToWireV2(publicKeyBundleOf(keys)))
  bundles.set(keys, bundle)
  return bundle
}

function messageV2Of(bytes: Uint8Array): MessageV2 {
  const { version } = decode(Message, bytes, 'Message')
  if (version?.$case === 'v2') return version.value
  throw unknownVersion(version?.$case, 'v2')
}

type SignedMessage = {
  readonly signed: SignedContent
  readonly headerBytes: Uint8Array
  readonly senders: KeyBundleCache | undefined
}

function verifySender(crypto: Crypto, message: SignedMessage): string {
  const { sender } = message.signed
  if (sender === undefined) throw noSender()
  if (message.senders === undefined) return verifyChain(crypto, sender, message).address
  const known = recallSender(message.senders, sender)
  if (known !== undefined) {
    verifySignature(crypto, known.preKey, message)
    return known.address
  }
  const verified = verifyChain(crypto, sender, message)
  rememberSender(message.senders, sender, verified)
  return verified.address
}

function verifyChain(
  crypto: VerifyCrypto,
  sender: Uint8Array,
  message: SignedMessage,
): VerifiedSender {
  const { identityKey, preKey } = keyBundleFromWireV2(
    decode(SignedPublicKeyBundle, sender, 'SignedPublicKeyBundle'),
  )
  verifyPreKey(crypto, preKey, identityKey)
  verifySignature(crypto, preKey.publicKey, message)
  return { address: recoverIdentityAddress(crypto, identityKey), preKey: preKey.publicKey }
}

function verifySignature(
  crypto: VerifyCrypto,
  preKey: Uint8Array,
  { signed, headerBytes }: SignedMessage,
): void {
  const { compact } = signatureFromWire(signed.signature)
  const digest = hashBoth(crypto, headerBytes, signed.payload)
  if (crypto.curve.verify(compact, digest, preKey)) return
  throw new VerificationError(
    'message/bad-signature',
    'Open message: found another signature, wanted one by the sender’s pre-key over header and content',
  )
}

function noSender(): CodecError {
  return new CodecError('message/no-sender', 'Open message: it names no sender')
}
