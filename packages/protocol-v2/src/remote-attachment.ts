// Files that lie elsewhere, encrypted under a key of their own which a message then carries.

import { equalBytes, fromHex, toHex } from '@posthorn/bytes'
import type { RemoteStaticAttachment } from '@posthorn/content'
import { type Crypto, decryptHkdfAesGcm, encryptHkdfAesGcm } from '@posthorn/crypto'
import { VerificationError } from '@posthorn/errors'

const secretBytes = 32

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

/** Encrypts encoded content, usually an attachment, under a fresh secret. */
export async function sealAttachment(
  crypto: Crypto,
  content: Uint8Array,
): Promise<SealedAttachment> {
  const secret = crypto.randomBytes(secretBytes)
  const sealed = await encryptHkdfAesGcm(crypto, { secret, plaintext: content })
  return { ...sealed, secret, contentDigest: toHex(crypto.hash.sha256(sealed.payload)) }
}

/**
 * The encoded content of a fetched file.
 *
 * @throws VerificationError `attachment/wrong-digest`, `crypto/decrypt-failed`;
 * ValidationError `crypto/bad-length`; CodecError `bytes/not-hex`
 */
export async function openAttachment(
  crypto: Crypto,
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
