// What checkers share for rebuilding a message byte for byte.

import { concatBytes, equalBytes } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { UsageError, VerificationError } from '@posthorn/errors'

/** The back end with its randomness replaced by given bytes, drawn in order; drawing more is an error. */
export function withRandomness(crypto: Crypto, draws: readonly Uint8Array[]): Crypto {
  const given = concatBytes(...draws)
  let drawnBytes = 0
  return {
    ...crypto,
    randomBytes(lengthBytes) {
      const drawn = given.slice(drawnBytes, drawnBytes + lengthBytes)
      drawnBytes += lengthBytes
      if (drawn.length === lengthBytes) return drawn
      throw new UsageError(
        'vectors/other-randomness',
        `Draw randomness: found ${drawn.length} bytes left in the vector, wanted ${lengthBytes}`,
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
