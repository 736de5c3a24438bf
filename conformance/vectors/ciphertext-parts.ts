// The three parts of a ciphertext, as vectors write them.

import { toHex } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'
import type { Ciphertext } from '@posthorn/wire'
import type { Json } from './fields.ts'

/** Salt, nonce and payload. @throws CodecError `vectors/no-ciphertext` */
export function partsOf(ciphertext: Ciphertext | undefined): {
  readonly salt: Uint8Array
  readonly nonce: Uint8Array
  readonly payload: Uint8Array
} {
  const value = ciphertext?.union?.value
  if (value === undefined) throw new CodecError('vectors/no-ciphertext', 'Read ciphertext: none')
  return { salt: value.hkdfSalt, nonce: value.gcmNonce, payload: value.payload }
}

/** The parts in hex. @throws CodecError `vectors/no-ciphertext` */
export function partsFacts(ciphertext: Ciphertext | undefined): Json {
  const { salt, nonce, payload } = partsOf(ciphertext)
  return { hkdf_salt: toHex(salt), gcm_nonce: toHex(nonce), payload: toHex(payload) }
}
