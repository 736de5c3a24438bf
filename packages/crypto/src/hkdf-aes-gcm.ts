// The one construction of message encryption: a key derived from a secret and a fresh salt, then AES-256-GCM.

import { wipe } from '@posthorn/bytes'
import { requireAtLeast, requireLength } from './check.ts'
import type { Crypto } from './port.ts'

const saltBytes = 32
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32
const noInfo = new Uint8Array(0)

/** A ciphertext with what its receiver needs besides the secret: salt 32 bytes, nonce 12, payload ending in a 16-byte tag. */
export type HkdfAesGcmCiphertext = {
  readonly salt: Uint8Array
  readonly nonce: Uint8Array
  readonly payload: Uint8Array
}

/** What {@link encryptHkdfAesGcm} takes; salt and nonce are drawn when not given, and must never repeat. */
export type HkdfAesGcmEncryptInput = {
  readonly secret: Uint8Array
  readonly plaintext: Uint8Array
  readonly additionalData?: Uint8Array | undefined
  readonly salt?: Uint8Array | undefined
  readonly nonce?: Uint8Array | undefined
}

/** What {@link decryptHkdfAesGcm} takes. */
export type HkdfAesGcmDecryptInput = {
  readonly secret: Uint8Array
  readonly ciphertext: HkdfAesGcmCiphertext
  readonly additionalData?: Uint8Array | undefined
}

/** Encrypts under a secret of any length. @throws ValidationError `crypto/bad-length` */
export async function encryptHkdfAesGcm(
  crypto: Pick<Crypto, 'hash' | 'aead' | 'randomBytes'>,
  input: HkdfAesGcmEncryptInput,
): Promise<HkdfAesGcmCiphertext> {
  const { secret, plaintext, additionalData } = input
  const { salt, nonce } = drawn(crypto, input)
  requireLength('a salt', salt, saltBytes)
  const key = deriveKey(crypto, secret, salt)
  try {
    const payload = await crypto.aead.encrypt({ key, nonce, additionalData, plaintext })
    return { salt, nonce, payload }
  } finally {
    wipe(key)
  }
}

/**
 * The plaintext, once the tag holds.
 *
 * @throws ValidationError `crypto/bad-length`; VerificationError `crypto/decrypt-failed`
 */
export async function decryptHkdfAesGcm(
  crypto: Pick<Crypto, 'hash' | 'aead'>,
  { secret, ciphertext, additionalData }: HkdfAesGcmDecryptInput,
): Promise<Uint8Array> {
  const { salt, nonce, payload } = ciphertext
  requireLength('a salt', salt, saltBytes)
  requireLength('a nonce', nonce, nonceBytes)
  requireAtLeast('a ciphertext', payload, tagBytes)
  const key = deriveKey(crypto, secret, salt)
  try {
    return await crypto.aead.decrypt({ key, nonce, additionalData, ciphertext: payload })
  } finally {
    wipe(key)
  }
}

// In one draw where both are missing: asking the platform costs more than the bytes.
function drawn(
  { randomBytes }: Pick<Crypto, 'randomBytes'>,
  { salt, nonce }: HkdfAesGcmEncryptInput,
): Pick<HkdfAesGcmCiphertext, 'salt' | 'nonce'> {
  if (salt !== undefined) return { salt, nonce: nonce ?? randomBytes(nonceBytes) }
  if (nonce !== undefined) return { salt: randomBytes(saltBytes), nonce }
  const both = randomBytes(saltBytes + nonceBytes)
  return { salt: both.slice(0, saltBytes), nonce: both.slice(saltBytes) }
}

function deriveKey(crypto: Pick<Crypto, 'hash'>, secret: Uint8Array, salt: Uint8Array): Uint8Array {
  return crypto.hash.hkdfSha256({ secret, salt, info: noInfo, lengthBytes: keyBytes })
}
