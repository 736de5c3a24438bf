import { UsageError } from '@posthorn/errors'
import { requireCount } from './check.ts'

// getRandomValues takes no more than this in one call.
const chunkBytes = 65_536
const mostBytes = 2 ** 31 - 1

/**
 * Random bytes of the platform's WebCrypto.
 *
 * @throws UsageError `crypto/no-randomness` where the platform has none; ValidationError `crypto/bad-length`
 */
export function platformRandomBytes(lengthBytes: number): Uint8Array {
  requireCount('a random length', lengthBytes, mostBytes)
  const source: Pick<typeof globalThis.crypto, 'getRandomValues'> | undefined = globalThis.crypto
  if (source === undefined) {
    throw new UsageError(
      'crypto/no-randomness',
      'Draw random bytes: found no crypto.getRandomValues, wanted a platform or polyfill with it',
    )
  }
  const bytes = new Uint8Array(lengthBytes)
  for (let at = 0; at < lengthBytes; at += chunkBytes) {
    source.getRandomValues(bytes.subarray(at, at + chunkBytes))
  }
  return bytes
}
