// Ciphertexts as they travel: salt, nonce and payload of one encryption.

import { type Crypto, decryptHkdfAesGcm, encryptHkdfAesGcm } from '@posthorn/crypto'
import { CodecError } from '@posthorn/errors'
import type { Ciphertext } from '@posthorn/wire'

/** What encryption works with; salt and nonce are drawn from `randomBytes`, in this order. */
export type EncryptCrypto = Pick<Crypto, 'hash' | 'aead' | 'randomBytes'>

/** A secret of any length, and the bytes that must be the same at both ends. */
export type EncryptionContext = {
  readonly secret: Uint8Array
  readonly additionalData?: Uint8Array | undefined
}

/** Encrypts under a key made of the secret and a fresh salt. */
export async function encrypt(
  crypto: EncryptCrypto,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Promise<Ciphertext> {
  const { salt, nonce, payload } = await encryptHkdfAesGcm(crypto, { ...context, plaintext })
  const value = { hkdfSalt: salt, gcmNonce: nonce, payload }
  return { union: { $case: 'aes256GcmHkdfSha256', value } }
}

/**
 * Decrypts what {@link encrypt} made.
 *
 * @throws CodecError `ciphertext/missing`; ValidationError `crypto/bad-length`;
 * VerificationError `crypto/decrypt-failed`
 */
export function decrypt(
  crypto: Pick<Crypto, 'hash' | 'aead'>,
  wire: Ciphertext | undefined,
  context: EncryptionContext,
): Promise<Uint8Array> {
  const value = wire?.union?.value
  if (value === undefined) {
    const missing = 'Decrypt: found no ciphertext of a known kind'
    return Promise.reject(new CodecError('ciphertext/missing', missing))
  }
  const ciphertext = { salt: value.hkdfSalt, nonce: value.gcmNonce, payload: value.payload }
  return decryptHkdfAesGcm(crypto, { ...context, ciphertext })
}
