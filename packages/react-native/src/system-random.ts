// Randomness, which the engine of React Native has none of: the application brings it.

import { equalBytes } from '@posthorn/bytes'
import type { RandomBytes } from '@posthorn/crypto'
import { UsageError, ValidationError } from '@posthorn/errors'

/** Fills bytes with secure randomness: `getRandomValues` of expo-crypto, or of any platform's `crypto`. */
export type GetRandomValues = (bytes: Uint8Array<ArrayBuffer>) => unknown

// Sources take no more than this in one call.
const chunkBytes = 65_536
const probeBytes = 32
const mostBytes = 2 ** 31 - 1

/** Where randomness may come from, the first that is there; else from the global `crypto`. */
export type RandomSources = {
  readonly getRandomValues?: GetRandomValues | undefined
  readonly nativeCrypto?: { readonly getRandomValues: GetRandomValues } | undefined
}

/**
 * Random bytes of the application's source, or of the global one that react-native-get-random-values installs.
 *
 * @throws UsageError `react-native/no-randomness` when there is none, or when it repeats itself
 */
export function systemRandom({ getRandomValues, nativeCrypto }: RandomSources): RandomBytes {
  const source = [nativeCrypto, globalThis.crypto].find((each) => each !== undefined)
  const fill = getRandomValues ?? source?.getRandomValues?.bind(source)
  if (fill === undefined) throw noRandomness('found no source')
  const randomBytes: RandomBytes = (lengthBytes) => {
    requireLength(lengthBytes)
    const bytes = new Uint8Array(lengthBytes)
    for (let at = 0; at < lengthBytes; at += chunkBytes) fill(bytes.subarray(at, at + chunkBytes))
    return bytes
  }
  // Keys made of a source that leaves its bytes as they were would be everybody's.
  if (equalBytes(randomBytes(probeBytes), randomBytes(probeBytes))) {
    throw noRandomness('found a source that gives the same bytes twice')
  }
  return randomBytes
}

function requireLength(lengthBytes: number): void {
  if (Number.isInteger(lengthBytes) && lengthBytes >= 0 && lengthBytes <= mostBytes) return
  throw new ValidationError(
    'crypto/bad-length',
    `Draw random bytes: found ${lengthBytes} as the length, wanted 0 to ${mostBytes}`,
  )
}

function noRandomness(found: string): UsageError {
  return new UsageError(
    'react-native/no-randomness',
    `Find a source of randomness: ${found}, wanted getRandomValues of expo-crypto as an option, or an import of react-native-get-random-values before all others`,
  )
}
