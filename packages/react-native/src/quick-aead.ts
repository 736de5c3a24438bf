import { concatBytes } from '@posthorn/bytes'
import type { Aead, AeadInput } from '@posthorn/crypto'
import { VerificationError } from '@posthorn/errors'
import type { NativeCrypto } from './native-crypto.ts'

const tagBytes = 16

/** AES-256-GCM of the native module; `plain` refuses keys and nonces of other sizes. */
export function createQuickAead(native: NativeCrypto, plain: Aead): Aead {
  return {
    async encrypt(input) {
      if (!hasRightSizes(input)) return plain.encrypt(input)
      const cipher = native.createCipheriv('aes-256-gcm', input.key, input.nonce)
      if (input.additionalData !== undefined) cipher.setAAD(input.additionalData)
      const body = cipher.update(input.plaintext)
      const rest = cipher.final()
      return concatBytes(body, rest, cipher.getAuthTag())
    },
    async decrypt(input) {
      const end = input.ciphertext.length - tagBytes
      if (!hasRightSizes(input) || end < 0) return plain.decrypt(input)
      try {
        const decipher = native.createDecipheriv('aes-256-gcm', input.key, input.nonce)
        decipher.setAuthTag(input.ciphertext.subarray(end) as never)
        if (input.additionalData !== undefined) decipher.setAAD(input.additionalData)
        const body = decipher.update(input.ciphertext.subarray(0, end))
        return concatBytes(body, decipher.final())
      } catch (cause) {
        throw decryptFailed(cause)
      }
    },
  }
}

function hasRightSizes({ key, nonce }: AeadInput): boolean {
  return key.length === 32 && nonce.length === 12
}

function decryptFailed(cause: unknown): VerificationError {
  return new VerificationError(
    'crypto/decrypt-failed',
    'Decrypt: the ciphertext was changed, or key, nonce or additional data are others',
    { cause },
  )
}
