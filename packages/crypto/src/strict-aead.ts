// The rules of the AEAD port, once for all back ends.

import { VerificationError } from '@posthorn/errors'
import { requireAtLeast, requireLength } from './check.ts'
import type { Aead, AeadInput } from './port.ts'

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** AES-256-GCM on inputs of checked lengths; ciphertexts carry the 16-byte tag at their end. */
export type AeadCipher = {
  encrypt(input: AeadInput, plaintext: Uint8Array): Uint8Array | Promise<Uint8Array>
  /** Throws or rejects when the tag does not hold. */
  decrypt(input: AeadInput, ciphertext: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** Wraps the cipher of a back end into the AEAD port. */
export function strictAead(cipher: AeadCipher): Aead {
  return {
    async encrypt(input) {
      requireKeyAndNonce(input)
      return await cipher.encrypt(input, input.plaintext)
    },
    async decrypt(input) {
      requireKeyAndNonce(input)
      requireAtLeast('a ciphertext', input.ciphertext, tagBytes)
      try {
        return await cipher.decrypt(input, input.ciphertext)
      } catch (cause) {
        throw new VerificationError(
          'crypto/decrypt-failed',
          'Decrypt: the tag does not hold, wanted the key, nonce and data it was made with',
          { cause },
        )
      }
    },
  }
}

function requireKeyAndNonce(input: AeadInput): void {
  requireLength('an AES key', input.key, keyBytes)
  requireLength('a nonce', input.nonce, nonceBytes)
}
