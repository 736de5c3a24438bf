// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test suite that the root's test tools run
// What the curve computes.

import { toHex, toUtf8 } from '@posthorn/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nobleHashes } from '../noble/hashes.ts'
import type { Crypto } from '../port.ts'
import { curveOrder } from '../strict-curve.ts'
import {
  basePoint,
  createOracle,
  digests,
  flipped,
  flips,
  numberOf,
  privateKeys,
  scalar,
} from './inputs.ts'

const oracle = createOracle().curve
const runs = { numRuns: 20 }

/** Declares the tests of what the curve computes. */
export function testCurve(subject: () => Crypto): void {
  describe('curve', () => {
    testKnownAnswers(subject)
    testProperties(subject)
    testInputHandling(subject)
  })
}

function testKnownAnswers(subject: () => Crypto): void {
  it('public key of the scalar one is the base point', () => {
    expect(subject().curve.publicKey(scalar(1n))).toEqual(basePoint)
  })

  it('public key of the order less one is the negated base point', () => {
    const negated = subject().curve.publicKey(scalar(numberOf(curveOrder) - 1n))
    expect(negated.subarray(0, 33)).toEqual(basePoint.subarray(0, 33))
    expect(toHex(negated.subarray(33))).toBe(
      'b7c52588d95c3b9aa25b0403f1eef75702e84bb7597aabe663b82f6f04ef2777',
    )
  })

  it('signature is the deterministic one when the key is one', () => {
    const digest = nobleHashes.sha256(toUtf8('Satoshi Nakamoto'))
    expect(toHex(subject().curve.sign(digest, scalar(1n)).compact)).toBe(
      '934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8' +
        '2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5',
    )
  })

  it('shared point is the other key when the private key is one', () => {
    const other = subject().curve.publicKey(scalar(7n))
    expect(subject().curve.sharedPoint(scalar(1n), other)).toEqual(other)
  })

  it.each([
    ['zero', scalar(0n)],
    ['the order', curveOrder],
    ['all ones', new Uint8Array(32).fill(0xff)],
  ])('sign, verify and recover agree when the digest is %s', (_name, digest) => {
    const { curve } = subject()
    const publicKey = curve.publicKey(scalar(42n))
    const signature = curve.sign(digest, scalar(42n))
    expect(signature).toEqual(oracle.sign(digest, scalar(42n)))
    expect(curve.verify(signature.compact, digest, publicKey)).toBe(true)
    expect(curve.recover(signature, digest)).toEqual(publicKey)
  })
}

function testProperties(subject: () => Crypto): void {
  it('keys, signatures and shared points equal those of the other back ends', () => {
    fc.assert(
      fc.property(privateKeys, digests, privateKeys, (privateKey, digest, otherKey) => {
        const { curve } = subject()
        const other = oracle.publicKey(otherKey)
        expect(curve.publicKey(privateKey)).toEqual(oracle.publicKey(privateKey))
        expect(curve.sign(digest, privateKey)).toEqual(oracle.sign(digest, privateKey))
        expect(curve.sharedPoint(privateKey, other)).toEqual(oracle.sharedPoint(privateKey, other))
      }),
      runs,
    )
  })

  it('both sides find the same shared point', () => {
    fc.assert(
      fc.property(privateKeys, privateKeys, (a, b) => {
        const { curve } = subject()
        const fromA = curve.sharedPoint(a, curve.publicKey(b))
        expect(fromA).toEqual(curve.sharedPoint(b, curve.publicKey(a)))
      }),
      runs,
    )
  })

  it('a signature holds for its key and digest, and leads back to the key', () => {
    fc.assert(
      fc.property(privateKeys, digests, (privateKey, digest) => {
        const { curve } = subject()
        const signature = curve.sign(digest, privateKey)
        const publicKey = curve.publicKey(privateKey)
        expect(curve.verify(signature.compact, digest, publicKey)).toBe(true)
        expect(curve.recover(signature, digest)).toEqual(publicKey)
      }),
      runs,
    )
  })

  it('a signature is refused when any bit of it, of the digest or of the key is turned', () => {
    fc.assert(
      fc.property(privateKeys, digests, flips, (privateKey, digest, { at, bit }) => {
        const { curve } = subject()
        const { compact } = curve.sign(digest, privateKey)
        const publicKey = curve.publicKey(privateKey)
        expect(curve.verify(flipped(compact, at, bit), digest, publicKey)).toBe(false)
        expect(curve.verify(compact, flipped(digest, at, bit), publicKey)).toBe(false)
        expect(curve.verify(compact, digest, flipped(publicKey, at, bit))).toBe(false)
      }),
      runs,
    )
  })

  it('a turned bit leads recovery to another key or to a refusal, as on the other back ends', () => {
    fc.assert(
      fc.property(privateKeys, digests, flips, (privateKey, digest, { at, bit }) => {
        const { compact, recovery } = oracle.sign(digest, privateKey)
        const tampered = { compact: flipped(compact, at, bit), recovery }
        const found = recovered(subject().curve, tampered, digest)
        expect(found).toEqual(recovered(oracle, tampered, digest))
        expect(found).not.toEqual(oracle.publicKey(privateKey))
      }),
      runs,
    )
  })
}

function testInputHandling(subject: () => Crypto): void {
  it('inputs may be views into larger memory and are left as they were', () => {
    const { curve } = subject()
    const memory = new Uint8Array(100).fill(0xaa)
    const privateKey = memory.subarray(3, 35)
    const digest = memory.subarray(40, 72)
    const before = Uint8Array.from(memory)
    const publicKey = curve.publicKey(privateKey)
    const signature = curve.sign(digest, privateKey)
    expect(curve.verify(signature.compact, digest, publicKey)).toBe(true)
    expect(curve.recover(signature, digest)).toEqual(publicKey)
    expect(curve.sharedPoint(privateKey, publicKey)).toHaveLength(65)
    expect(memory).toEqual(before)
  })

  it('results are plain Uint8Array of their own', () => {
    const { curve } = subject()
    const publicKey = curve.publicKey(scalar(5n))
    const signature = curve.sign(scalar(6n), scalar(5n))
    const results = [publicKey, signature.compact, curve.sharedPoint(scalar(9n), publicKey)]
    for (const result of results) expect(result.constructor).toBe(Uint8Array)
    publicKey.fill(0)
    expect(curve.publicKey(scalar(5n))).toEqual(oracle.publicKey(scalar(5n)))
  })
}

function recovered(
  curve: Crypto['curve'],
  signature: Parameters<Crypto['curve']['recover']>[0],
  digest: Uint8Array,
): Uint8Array | 'refused' {
  try {
    return curve.recover(signature, digest)
  } catch {
    return 'refused'
  }
}
