import type { Aead, Crypto, Curve, Hashes } from '../port.ts'
import { platformRandomBytes } from '../random.ts'

/** The large parts of the plain JavaScript back end, which browsers fetch only when they need them. */
export type NobleParts = { readonly curve: Curve; readonly aead: Aead; readonly hash: Hashes }

/** The plain JavaScript back end around its large parts. */
export function assembleNobleCrypto(parts: NobleParts): Crypto {
  return {
    ...parts,
    name: 'noble',
    detail: '@noble/curves, @noble/hashes and @noble/ciphers in plain JavaScript',
    randomBytes: platformRandomBytes,
    ready: Promise.resolve(),
  }
}
