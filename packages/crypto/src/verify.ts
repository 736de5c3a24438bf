// What a node may hold: checking signatures and hashing. Nothing reachable from here can decrypt.

import { nobleCurve } from './noble/curve.ts'
import { nobleHashes } from './noble/hashes.ts'
import type { VerifyCrypto } from './port.ts'

export { personalMessageDigest } from './personal-message.ts'
export type { BackendDescription, BackendName, VerifyCrypto } from './port.ts'

/** Checks signatures and hashes; synchronous once loaded. */
export async function loadVerifyCrypto(): Promise<VerifyCrypto> {
  return { name: 'noble', detail: 'noble', curve: nobleCurve, hash: nobleHashes }
}
