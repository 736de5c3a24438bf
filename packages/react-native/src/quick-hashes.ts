// Hashes of the native module; HKDF is built of its HMAC, because its own takes no empty secret on every system.

import { concatBytes, wipe } from '@posthorn/bytes'
import type { Hashes, HkdfInput } from '@posthorn/crypto'
import type { NativeCrypto } from './native-crypto.ts'

const digestBytes = 32

/** The native hashes; `plain` has Keccak-256, and refuses lengths that HKDF does not have. */
export function createQuickHashes(native: NativeCrypto, plain: Hashes): Hashes {
  function sha256(data: Uint8Array): Uint8Array {
    const hash = native.createHash('sha256')
    hash.update(data)
    return new Uint8Array(hash.digest())
  }

  function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
    const mac = native.createHmac('sha256', key)
    mac.update(data)
    return new Uint8Array(mac.digest())
  }

  // RFC 5869.
  function hkdfSha256(input: HkdfInput): Uint8Array {
    const { secret, salt, info, lengthBytes } = input
    const isInRange = lengthBytes > 0 && lengthBytes <= 255 * digestBytes
    if (!isInRange || !Number.isInteger(lengthBytes)) return plain.hkdfSha256(input)
    const key = hmacSha256(salt, secret)
    const output = new Uint8Array(lengthBytes)
    let block: Uint8Array = new Uint8Array(0)
    for (let at = 0, counter = 1; at < lengthBytes; at += digestBytes, counter++) {
      block = hmacSha256(key, concatBytes(block, info, Uint8Array.of(counter)))
      output.set(block.subarray(0, lengthBytes - at), at)
    }
    wipe(key, block)
    return output
  }

  return { sha256, hmacSha256, hkdfSha256, keccak256: plain.keccak256 }
}
