// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test suite that the root's test tools run
// What the curve refuses.

import { concatBytes, fromHex } from '@posthorn/bytes'
import { describe, expect, it } from 'vitest'
import type { Crypto } from '../port.ts'
import { curveOrder } from '../strict-curve.ts'
import { basePoint, numberOf, scalar } from './inputs.ts'

const privateKey = scalar(0x1234n)
const digest = scalar(0x5678n)
const halfOrder = numberOf(curveOrder) / 2n

const badPrivateKeys: readonly (readonly [string, Uint8Array])[] = [
  ['zero', scalar(0n)],
  ['the order', curveOrder],
  ['the order and one', scalar(numberOf(curveOrder) + 1n)],
  ['all ones', new Uint8Array(32).fill(0xff)],
  ['empty', new Uint8Array(0)],
  ['31 bytes', new Uint8Array(31).fill(1)],
  ['33 bytes', concatBytes(Uint8Array.of(0), scalar(1n))],
]

// The field's prime and one is the abscissa 1, which is on the curve, in a form that is not reduced.
const unreducedPoint = fromHex(
  '04fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30' +
    '4218f20ae6c646b363db68605822fb14264ca8d2587fdd6fbc750d587e76a7ee',
)

const badPublicKeys: readonly (readonly [string, Uint8Array])[] = [
  ['off the curve', concatBytes(basePoint.subarray(0, 64), Uint8Array.of(0xb9))],
  ['at the origin', concatBytes(Uint8Array.of(4), new Uint8Array(64))],
  ['the point at infinity', Uint8Array.of(0)],
  ['compressed', concatBytes(Uint8Array.of(2), basePoint.subarray(1, 33))],
  ['hybrid', concatBytes(Uint8Array.of(6), basePoint.subarray(1))],
  ['without its prefix', basePoint.subarray(1)],
  ['not reduced', unreducedPoint],
  ['empty', new Uint8Array(0)],
  ['66 bytes', concatBytes(basePoint, Uint8Array.of(0))],
]

/** Declares the tests of what the curve refuses. */
export function testCurveRefusals(subject: () => Crypto): void {
  describe('curve refusals', () => {
    testKeyRefusals(subject)
    testSignatureRefusals(subject)
    testRecoveryRefusals(subject)
  })
}

function testKeyRefusals(subject: () => Crypto): void {
  it.each(badPrivateKeys)('a private key is refused when it is %s', (_name, bad) => {
    const { curve } = subject()
    const refusal = expect.objectContaining({ code: 'crypto/bad-private-key' })
    expect(curve.isPrivateKey(bad)).toBe(false)
    expect(() => curve.publicKey(bad)).toThrow(refusal)
    expect(() => curve.sign(digest, bad)).toThrow(refusal)
    expect(() => curve.sharedPoint(bad, basePoint)).toThrow(refusal)
  })

  it.each([
    ['one', scalar(1n)],
    ['the order less one', scalar(numberOf(curveOrder) - 1n)],
  ])('a private key is taken when it is %s', (_name, good) => {
    expect(subject().curve.isPrivateKey(good)).toBe(true)
    expect(subject().curve.publicKey(good)).toHaveLength(65)
  })

  it.each(badPublicKeys)('a public key is refused when it is %s', (_name, bad) => {
    const { curve } = subject()
    const refusal = expect.objectContaining({ code: 'crypto/bad-public-key' })
    const { compact } = curve.sign(digest, scalar(1n))
    expect(() => curve.sharedPoint(privateKey, bad)).toThrow(refusal)
    expect(curve.verify(compact, digest, bad)).toBe(false)
  })

  // All but the first stand for the number that was signed, or pad to it.
  it.each([
    ['empty', new Uint8Array(0)],
    ['31 bytes, without a leading zero', digest.subarray(1)],
    ['33 bytes, with one more zero in front', concatBytes(Uint8Array.of(0), digest)],
    ['33 bytes, with one more zero behind', concatBytes(digest, Uint8Array.of(0))],
  ])('a digest is refused when it is %s', (_name, bad) => {
    const { curve } = subject()
    const signature = curve.sign(digest, privateKey)
    expect(() => curve.sign(bad, privateKey)).toThrow(
      expect.objectContaining({ code: 'crypto/bad-length' }),
    )
    expect(curve.verify(signature.compact, bad, curve.publicKey(privateKey))).toBe(false)
    expectNoKey(curve, signature, bad)
  })
}

function testSignatureRefusals(subject: () => Crypto): void {
  it('the other half of a valid signature, with high s, is refused', () => {
    const { curve } = subject()
    const { compact, recovery } = curve.sign(digest, privateKey)
    const highS = scalar(numberOf(curveOrder) - numberOf(compact.subarray(32)))
    const high = concatBytes(compact.subarray(0, 32), highS)
    expect(curve.verify(high, digest, curve.publicKey(privateKey))).toBe(false)
    expectNoKey(curve, { compact: high, recovery: recovery === 0 ? 1 : 0 }, digest)
  })

  it('s of exactly half the order is low, and one more is high', () => {
    const { curve } = subject()
    const r = basePoint.subarray(1, 33)
    const low = concatBytes(r, scalar(halfOrder))
    const high = concatBytes(r, scalar(halfOrder + 1n))
    const signer = curve.recover({ compact: low, recovery: 0 }, digest)
    expect(curve.verify(low, digest, signer)).toBe(true)
    expect(curve.verify(high, digest, signer)).toBe(false)
    expectNoKey(curve, { compact: high, recovery: 0 }, digest)
  })

  it.each([
    ['r is zero', scalar(0n), scalar(1n)],
    ['s is zero', scalar(1n), scalar(0n)],
    ['both are zero', scalar(0n), scalar(0n)],
    ['r is the order', curveOrder, scalar(1n)],
    ['s is the order', scalar(1n), curveOrder],
    ['r is all ones', new Uint8Array(32).fill(0xff), scalar(1n)],
    ['s is all ones', scalar(1n), new Uint8Array(32).fill(0xff)],
    // The abscissa 1 is on the curve; only its form with the order added is wrong.
    ['r is not reduced', scalar(numberOf(curveOrder) + 1n), scalar(1n)],
  ])('a signature is refused when %s', (_name, r, s) => {
    const { curve } = subject()
    const compact = concatBytes(r, s)
    expect(curve.verify(compact, digest, basePoint)).toBe(false)
    expectNoKey(curve, { compact, recovery: 0 }, digest)
    expectNoKey(curve, { compact, recovery: 1 }, digest)
  })

  it.each([0, 63, 65, 72])('a signature of %i bytes is refused', (lengthBytes) => {
    const { curve } = subject()
    const bad = new Uint8Array(lengthBytes)
    bad.set(curve.sign(digest, privateKey).compact.subarray(0, lengthBytes))
    expect(curve.verify(bad, digest, curve.publicKey(privateKey))).toBe(false)
    expectNoKey(curve, { compact: bad, recovery: 0 }, digest)
  })
}

function testRecoveryRefusals(subject: () => Crypto): void {
  it('the wrong recovery bit leads to another key', () => {
    const { curve } = subject()
    const { compact, recovery } = curve.sign(digest, privateKey)
    const other = curve.recover({ compact, recovery: recovery === 0 ? 1 : 0 }, digest)
    expect(other).not.toEqual(curve.publicKey(privateKey))
    expect(curve.verify(compact, digest, other)).toBe(true)
  })

  it.each([2, 3, 27, 28, -1, 0.5, Number.NaN])('the recovery id %d is refused', (recovery) => {
    const { compact } = subject().curve.sign(digest, privateKey)
    expectNoKey(subject().curve, { compact, recovery: recovery as 0 | 1 }, digest)
  })

  it('recovery is refused when no point has r as its abscissa', () => {
    const compact = concatBytes(scalar(5n), scalar(1n))
    expectNoKey(subject().curve, { compact, recovery: 0 }, digest)
  })

  it('recovery is refused when the key would be the point at infinity', () => {
    const compact = concatBytes(basePoint.subarray(1, 33), scalar(1n))
    expectNoKey(subject().curve, { compact, recovery: 0 }, scalar(1n))
  })
}

function expectNoKey(
  curve: Crypto['curve'],
  signature: Parameters<Crypto['curve']['recover']>[0],
  digestOfMessage: Uint8Array,
): void {
  expect(() => curve.recover(signature, digestOfMessage)).toThrow(
    expect.objectContaining({ name: 'VerificationError', code: 'crypto/bad-signature' }),
  )
}
