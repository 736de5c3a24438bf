import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Hashes } from '../port.ts'

/** The hashes of @noble/hashes that take no key. */
export const nobleDigests: Pick<Hashes, 'sha256' | 'keccak256'> = {
  sha256: (data) => sha256(data),
  keccak256: (data) => keccak_256(data),
}
