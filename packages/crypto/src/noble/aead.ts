import { gcm } from '@noble/ciphers/aes.js'
import type { Aead } from '../port.ts'
import { strictAead } from '../strict-aead.ts'

/** AES-256-GCM in plain JavaScript; runs everywhere. */
export const nobleAead: Aead = strictAead({
  encrypt: ({ key, nonce, additionalData }, plaintext) =>
    gcm(key, nonce, additionalData).encrypt(plaintext),
  decrypt: ({ key, nonce, additionalData }, ciphertext) =>
    gcm(key, nonce, additionalData).decrypt(ciphertext),
})
