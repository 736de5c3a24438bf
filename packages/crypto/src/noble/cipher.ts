import { gcm } from '@noble/ciphers/aes.js'
import type { AeadCipher } from '../strict-aead.ts'

/** AES-256-GCM of @noble/ciphers. */
export const nobleCipher: AeadCipher = {
  encrypt: ({ key, nonce, additionalData }, plaintext) =>
    gcm(key, nonce, additionalData).encrypt(plaintext),
  decrypt: ({ key, nonce, additionalData }, ciphertext) =>
    gcm(key, nonce, additionalData).decrypt(ciphertext),
}
