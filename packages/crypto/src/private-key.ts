import { InternalError } from '@posthorn/errors'
import type { Crypto } from './port.ts'

/**
 * A fresh private key, 32 bytes. One draw suffices: a random one is out of range once in 2^128.
 *
 * @throws InternalError `crypto/bad-randomness`
 */
export function generatePrivateKey({
  curve,
  randomBytes,
}: Pick<Crypto, 'curve' | 'randomBytes'>): Uint8Array {
  const privateKey = randomBytes(32)
  if (curve.isPrivateKey(privateKey)) return privateKey
  throw new InternalError(
    'crypto/bad-randomness',
    'Generate private key: the bytes drawn are out of range, wanted a working random source',
  )
}
