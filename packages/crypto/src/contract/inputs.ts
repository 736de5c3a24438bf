// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test suite that the root's test tools run
// Inputs that the parts of the contract share.

import { fromHex } from '@posthorn/bytes'
import fc from 'fast-check'
import { nobleCurve } from '../noble/curve.ts'
import { curveOrder } from '../strict-curve.ts'

/** Noble serves as the oracle that the other back ends must equal byte for byte. */
export { createNobleCrypto as createOracle } from '../noble/noble-crypto.ts'

/** The base point, uncompressed. */
export const basePoint: Uint8Array = fromHex(
  '0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8',
)

/** 32 big-endian bytes of a number. */
export function scalar(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0'))
}

/** The number of big-endian bytes. */
export function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n)
}

/** A copy with one bit turned; `at` wraps around. */
export function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const index = at % copy.length
  copy[index] = (copy[index] ?? 0) ^ (1 << (bit % 8))
  return copy
}

/** Any valid private key, the smallest and largest ones among them. */
export const privateKeys: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    { weight: 8, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 32 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(scalar(1n), scalar(2n), scalar(numberOf(curveOrder) - 1n)),
    },
  )
  .filter((bytes) => nobleCurve.isPrivateKey(bytes))

/** Any digest. */
export const digests: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** Bytes of up to some hundred. */
export const texts: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 300 })

/** Where to turn a bit. */
export const flips: fc.Arbitrary<{ at: number; bit: number }> = fc.record({
  at: fc.nat(1_000),
  bit: fc.nat(7),
})
