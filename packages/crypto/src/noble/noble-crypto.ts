import type { Crypto } from '../port.ts'
import { nobleAead } from './aead.ts'
import { assembleNobleCrypto } from './assemble.ts'
import { nobleCurve } from './curve.ts'
import { nobleHashes } from './hashes.ts'

/** The back end that needs nothing of the platform but a source of randomness. */
export function createNobleCrypto(): Crypto {
  return assembleNobleCrypto({ curve: nobleCurve, aead: nobleAead, hash: nobleHashes })
}
