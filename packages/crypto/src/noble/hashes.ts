import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { hkdfMaxBytes, requireCount } from '../check.ts'
import type { Hashes } from '../port.ts'

/** Hashes in plain JavaScript; run everywhere. */
export const nobleHashes: Hashes = {
  sha256: (data) => sha256(data),
  keccak256: (data) => keccak_256(data),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  hkdfSha256({ secret, salt, info, lengthBytes }) {
    requireCount('an HKDF length', lengthBytes, hkdfMaxBytes)
    if (lengthBytes === 0) return new Uint8Array(0)
    return hkdf(sha256, secret, salt, info, lengthBytes)
  },
}
