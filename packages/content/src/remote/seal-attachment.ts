// The encryption of files that lie elsewhere: a secret of its own for each, which only the message carries.
// It stands here and not in a generation's package, because both generations use the same one.

import { equalBytes, fromHex, toHex } from '@posthorn/bytes'
import { type Crypto, decryptHkdfAesGcm, encryptHkdfAesGcm } from '@posthorn/crypto'
import { VerificationError } from '@posthorn/errors'
import type { RemoteStaticAttachment } from '../standard/remote-static-attachment.ts'

const secretBytes = 32

/** What sealing and opening work with. */
export type AttachmentCrypto = Pick<Crypto, 'hash' | 'aead' | 'randomBytes'>

/** What a message says of an encrypted file, besides where it lies. */
export type AttachmentKey = Pick<
  RemoteStaticAttachment,
  'contentDigest' | 'salt' | 'nonce' | 'secret'
>

/** An encrypted file and what opens it. */
export type SealedAttachment = AttachmentKey & {
  /** The bytes to store where everybody can fetch them. */
  readonly payload: Uint8Array
}

/**
 * Encrypts encoded content, usually an attachment, under a fresh secret: HKDF-SHA256 of the secret with a
 * fresh salt gives the AES-256-GCM key; no additional data; the digest is SHA-256 of the payload.
 */
export async function sealAttachment(
  crypto: AttachmentCrypto,
  content: Uint8Array,
): Promise<SealedAttachment> {
  const secret = crypto.randomBytes(secretBytes)
  const sealed = await encryptHkdfAesGcm(crypto, { secret, plaintext: content })
  return { ...sealed, secret, contentDigest: toHex(crypto.hash.sha256(sealed.payload)) }
}

/**
 * The encoded content of a fetched file; nothing is decrypted before the digest holds.
 *
 * @throws VerificationError `attachment/wrong-digest`, `crypto/decrypt-failed`;
 * ValidationError `crypto/bad-length`; CodecError `bytes/not-hex`
 */
export async function openAttachment(
  crypto: Pick<AttachmentCrypto, 'hash' | 'aead'>,
  payload: Uint8Array,
  key: AttachmentKey,
): Promise<Uint8Array> {
  if (!equalBytes(crypto.hash.sha256(payload), fromHex(key.contentDigest))) {
    throw new VerificationError(
      'attachment/wrong-digest',
      'Open attachment: the file is not the one that the message names',
    )
  }
  const { secret, salt, nonce } = key
  return await decryptHkdfAesGcm(crypto, { secret, ciphertext: { salt, nonce, payload } })
}
