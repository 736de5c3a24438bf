import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToNumberBE } from '@noble/curves/utils.js'
import type { Point } from './known-points.ts'

const { Fn, BASE } = secp256k1.Point

/**
 * Whether a signature, 64 bytes, is of a digest, 32 bytes, by the key of `point` (SEC 1, 4.1.4). Takes a time that
 * depends on its inputs, all of them public. @throws Error of the library for an r or s out of range
 */
export function verifyByTable(compact: Uint8Array, digest: Uint8Array, point: Point): boolean {
  const { r, s } = secp256k1.Signature.fromBytes(compact, 'compact')
  const inverse = Fn.inv(s)
  const ofBase = Fn.create(bytesToNumberBE(digest) * inverse)
  const ofPoint = Fn.create(r * inverse)
  const found = BASE.multiplyUnsafe(ofBase).add(point.multiplyUnsafe(ofPoint))
  return !found.is0() && Fn.create(found.toAffine().x) === r
}
