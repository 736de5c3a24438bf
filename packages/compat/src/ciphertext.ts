// Encryption under a secret: HKDF-SHA-256 with a fresh salt, then AES-256-GCM.

import {
  decryptHkdfAesGcm,
  encryptHkdfAesGcm,
  type HkdfAesGcmCiphertext,
  loadCrypto,
} from '@posthorn/crypto'

/** Something encrypted. */
export class Ciphertext {
  readonly aes256GcmHkdfSha256: {
    readonly hkdfSalt: Uint8Array
    readonly gcmNonce: Uint8Array
    /** With the 16-byte tag at its end. */
    readonly payload: Uint8Array
  }

  constructor({ aes256GcmHkdfSha256 }: Pick<Ciphertext, 'aes256GcmHkdfSha256'>) {
    this.aes256GcmHkdfSha256 = aes256GcmHkdfSha256
  }
}

/** Encrypts; `additionalData` has to be the same when it is decrypted. */
export async function encrypt(
  plain: Uint8Array,
  secret: Uint8Array,
  additionalData?: Uint8Array,
): Promise<Ciphertext> {
  const crypto = await loadCrypto()
  const sealed = await encryptHkdfAesGcm(crypto, { secret, plaintext: plain, additionalData })
  return new Ciphertext({ aes256GcmHkdfSha256: fieldsOf(sealed) })
}

/** Decrypts. @throws VerificationError `crypto/decrypt-failed` */
export async function decrypt(
  encrypted: Pick<Ciphertext, 'aes256GcmHkdfSha256'>,
  secret: Uint8Array,
  additionalData?: Uint8Array,
): Promise<Uint8Array> {
  const { hkdfSalt: salt, gcmNonce: nonce, payload } = encrypted.aes256GcmHkdfSha256
  const crypto = await loadCrypto()
  const ciphertext = { salt, nonce, payload }
  return decryptHkdfAesGcm(crypto, { secret, ciphertext, additionalData })
}

function fieldsOf({
  salt,
  nonce,
  payload,
}: HkdfAesGcmCiphertext): Ciphertext['aes256GcmHkdfSha256'] {
  return { hkdfSalt: salt, gcmNonce: nonce, payload }
}
