import type { Crypto } from '../port.ts'
import { platformRandomBytes } from '../random.ts'
import { nobleAead } from './aead.ts'
import { nobleCurve } from './curve.ts'
import { nobleHashes } from './hashes.ts'

/** The back end that needs nothing of the platform but a source of randomness. */
export function createNobleCrypto(): Crypto {
  return {
    name: 'noble',
    detail: '@noble/curves, @noble/hashes and @noble/ciphers in plain JavaScript',
    curve: nobleCurve,
    hash: nobleHashes,
    aead: nobleAead,
    randomBytes: platformRandomBytes,
    ready: Promise.resolve(),
  }
}
