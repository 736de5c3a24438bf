import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import type { Aead, AeadInput } from '../port.ts'
import { strictAead } from '../strict-aead.ts'

const algorithm = 'aes-256-gcm'
const tagBytes = 16
const options = { authTagLength: tagBytes } as const

// Raw keys cost 16 µs more a call than key objects.
// Synchronous inside the asynchronous port: for messages of some KB the hop to a thread costs more.
/** AES-256-GCM of node:crypto. */
export const nativeAead: Aead = strictAead({ encrypt, decrypt })

function encrypt({ key, nonce, additionalData }: AeadInput, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv(algorithm, createSecretKey(key), nonce, options)
  if (additionalData !== undefined) cipher.setAAD(additionalData)
  const ciphertext = new Uint8Array(plaintext.length + tagBytes)
  ciphertext.set(cipher.update(plaintext))
  cipher.final()
  ciphertext.set(cipher.getAuthTag(), plaintext.length)
  return ciphertext
}

function decrypt({ key, nonce, additionalData }: AeadInput, ciphertext: Uint8Array): Uint8Array {
  const end = ciphertext.length - tagBytes
  const decipher = createDecipheriv(algorithm, createSecretKey(key), nonce, options)
  if (additionalData !== undefined) decipher.setAAD(additionalData)
  decipher.setAuthTag(ciphertext.subarray(end))
  const plaintext = decipher.update(ciphertext.subarray(0, end))
  decipher.final()
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length)
}
