// What checkers share for rebuilding a message byte for byte.

import { equalBytes } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { UsageError, VerificationError } from '@posthorn/errors'

/** The back end with its randomness replaced by given bytes, drawn in order; drawing others is an error. */
export function withRandomness(crypto: Crypto, draws: readonly Uint8Array[]): Crypto {
  const left = [...draws]
  return {
    ...crypto,
    randomBytes(lengthBytes) {
      const drawn = left.shift()
      if (drawn?.length === lengthBytes) return new Uint8Array(drawn)
      throw new UsageError(
        'vectors/other-randomness',
        `Draw randomness: found ${drawn?.length ?? 'no'} bytes in the vector, wanted ${lengthBytes}`,
      )
    },
  }
}

/** Fails the case unless a value came out as given. @throws VerificationError `vectors/not-reproduced` */
export function requireReproduced(
  what: string,
  made: Uint8Array | string,
  given: Uint8Array | string,
): void {
  const isSame =
    typeof made === 'string' || typeof given === 'string' ? made === given : equalBytes(made, given)
  if (isSame) return
  throw new VerificationError(
    'vectors/not-reproduced',
    `Reproduce ${what}: found other bytes, wanted those of the vector`,
  )
}
