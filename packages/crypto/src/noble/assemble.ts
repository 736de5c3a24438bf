import type { Aead, Crypto, Curve } from '../port.ts'
import { platformRandomBytes } from '../random.ts'
import { nobleHashes } from './hashes.ts'

/** The plain JavaScript back end around its two large parts, which browsers fetch only when they need them. */
export function assembleNobleCrypto(parts: { readonly curve: Curve; readonly aead: Aead }): Crypto {
  return {
    ...parts,
    name: 'noble',
    detail: '@noble/curves, @noble/hashes and @noble/ciphers in plain JavaScript',
    hash: nobleHashes,
    randomBytes: platformRandomBytes,
    ready: Promise.resolve(),
  }
}
