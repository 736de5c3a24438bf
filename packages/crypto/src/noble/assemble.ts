import type { Aead, Crypto } from '../port.ts'
import { platformRandomBytes } from '../random.ts'
import { nobleCurve } from './curve.ts'
import { nobleHashes } from './hashes.ts'

/** The plain JavaScript back end around its cipher, which browsers fetch only when they need it. */
export function assembleNobleCrypto(aead: Aead): Crypto {
  return {
    name: 'noble',
    detail: '@noble/curves, @noble/hashes and @noble/ciphers in plain JavaScript',
    curve: nobleCurve,
    hash: nobleHashes,
    aead,
    randomBytes: platformRandomBytes,
    ready: Promise.resolve(),
  }
}
