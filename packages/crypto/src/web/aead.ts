import type { Aead, AeadInput } from '../port.ts'
import { strictAead } from '../strict-aead.ts'

type SubtleCrypto = typeof globalThis.crypto.subtle

/** AES-256-GCM of WebCrypto. */
export function createWebAead(subtle: SubtleCrypto): Aead {
  return strictAead({
    async encrypt(input, plaintext) {
      const key = await importKey(subtle, input.key, 'encrypt')
      return new Uint8Array(await subtle.encrypt(gcm(input), key, owned(plaintext)))
    },
    async decrypt(input, ciphertext) {
      const key = await importKey(subtle, input.key, 'decrypt')
      return new Uint8Array(await subtle.decrypt(gcm(input), key, owned(ciphertext)))
    },
  })
}

function importKey(subtle: SubtleCrypto, key: Uint8Array, usage: 'encrypt' | 'decrypt') {
  return subtle.importKey('raw', owned(key), 'AES-GCM', false, [usage])
}

function gcm({ nonce, additionalData }: AeadInput) {
  const parameters = { name: 'AES-GCM', iv: owned(nonce), tagLength: 128 }
  if (additionalData === undefined) return parameters
  return { ...parameters, additionalData: owned(additionalData) }
}

// WebCrypto refuses memory that other threads share.
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : new Uint8Array(bytes)
}
