// Sealing that gives the same bytes for the same input, so that two clients of one account that seal the same
// thing publish one envelope and not two.

import { concatBytes, toUtf8, wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import type { PrivateKey } from '@posthorn/identity'
import type { Ciphertext } from '@posthorn/wire'
import { type EncryptionContext, encrypt } from './ciphertext.ts'

const derivationSalt = toUtf8('POSTHORN_REPEATABLE_SEAL')
const saltBytes = 32
const nonceBytes = 12

/** How to encrypt. */
export type RepeatableContext = EncryptionContext & {
  /** The account's identity key, where salt and nonce are to follow from it; without it they are drawn. */
  readonly repeatWith?: PrivateKey | undefined
}

/**
 * Encrypts, with `repeatWith` under a salt and a nonce that are a keyed hash of everything encrypted: another
 * plaintext, key or additional data has another salt, so no nonce ever serves two plaintexts.
 */
export async function encryptMaybeRepeatably(
  crypto: Crypto,
  plaintext: Uint8Array,
  { repeatWith, ...context }: RepeatableContext,
): Promise<Ciphertext> {
  if (repeatWith === undefined) return encrypt(crypto, plaintext, context)
  const { hash, aead } = crypto
  const { secret: key, additionalData = new Uint8Array(0) } = context
  const parts = [key, additionalData, plaintext].map((part) => hash.sha256(part))
  const derived = hash.hkdfSha256({
    secret: repeatWith.secret,
    salt: derivationSalt,
    info: concatBytes(...parts),
    lengthBytes: saltBytes + nonceBytes,
  })
  wipe(...parts)
  let at = 0
  const randomBytes = (length: number): Uint8Array => {
    at += length
    return derived.slice(at - length, at)
  }
  return encrypt({ hash, aead, randomBytes }, plaintext, context)
}
