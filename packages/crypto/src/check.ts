// Length rules shared by all back ends, so that each refuses the same inputs with the same words.

import { ValidationError } from '@posthorn/errors'

/** Most bytes that HKDF-SHA256 can give: 255 blocks of 32 (RFC 5869). */
export const hkdfMaxBytes = 8_160

/** Refuses bytes of another length. @throws ValidationError `crypto/bad-length` */
export function requireLength(what: string, bytes: Uint8Array, wantedBytes: number): void {
  if (bytes.length !== wantedBytes) throw badLength(what, bytes.length, `${wantedBytes}`)
}

/** Refuses bytes that are too few. @throws ValidationError `crypto/bad-length` */
export function requireAtLeast(what: string, bytes: Uint8Array, leastBytes: number): void {
  if (bytes.length < leastBytes) throw badLength(what, bytes.length, `at least ${leastBytes}`)
}

/** Refuses a count of bytes outside 0..mostBytes. @throws ValidationError `crypto/bad-length` */
export function requireCount(what: string, countBytes: number, mostBytes: number): void {
  if (Number.isInteger(countBytes) && countBytes >= 0 && countBytes <= mostBytes) return
  throw badLength(what, countBytes, `0 to ${mostBytes}`)
}

function badLength(what: string, found: number, wanted: string): ValidationError {
  return new ValidationError(
    'crypto/bad-length',
    `Use ${what}: found ${found} bytes, wanted ${wanted}`,
    { details: { found } },
  )
}
