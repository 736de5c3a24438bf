// The two back ends of React Native: plain JavaScript, and the one over a native module.

import { type Crypto, createNobleCrypto } from '@posthorn/crypto'
import type { NativeCrypto } from './native-crypto.ts'
import { createQuickAead } from './quick-aead.ts'
import { createQuickCurve } from './quick-curve.ts'
import { createQuickHashes } from './quick-hashes.ts'
import { type RandomSources, systemRandom } from './system-random.ts'

/** What {@link createCrypto} takes. */
export type CreateCryptoOptions = RandomSources & {
  readonly nativeCrypto?: NativeCrypto | undefined
}

/**
 * The back end for what the application brings.
 *
 * @throws UsageError `react-native/no-randomness`
 */
export function createCrypto(options: CreateCryptoOptions = {}): Crypto {
  const plain = createNobleCrypto()
  const randomBytes = systemRandom(options)
  const { nativeCrypto } = options
  if (nativeCrypto === undefined) return { ...plain, randomBytes }
  return {
    ...plain,
    name: 'native',
    detail: 'react-native-quick-crypto; signing by @noble/curves',
    curve: createQuickCurve(nativeCrypto, plain.curve),
    hash: createQuickHashes(nativeCrypto, plain.hash),
    aead: createQuickAead(nativeCrypto, plain.aead),
    randomBytes,
  }
}
