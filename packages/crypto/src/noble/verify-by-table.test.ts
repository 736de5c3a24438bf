import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digests, flipped, flips, privateKeys, scalar } from '../contract/inputs.ts'
import { curveOrder } from '../strict-curve.ts'
import { nobleArithmetic } from './arithmetic.ts'
import { createKnownPoints } from './known-points.ts'
import { verifyByTable } from './verify-by-table.ts'

const pointOf = (publicKey: Uint8Array) => secp256k1.Point.fromBytes(publicKey).precompute(4)
const privateKey = scalar(42n)
const publicKey = nobleArithmetic.publicKey(privateKey)

test('what a key has signed holds, and nothing else', () => {
  fc.assert(
    fc.property(privateKeys, digests, flips, (key, digest, { at, bit }) => {
      const point = pointOf(nobleArithmetic.publicKey(key))
      const { compact } = nobleArithmetic.sign(digest, key)
      expect(verifyByTable(compact, digest, point)).toBe(true)
      expect(holds(() => verifyByTable(flipped(compact, at, bit), digest, point))).toBe(false)
      expect(verifyByTable(compact, flipped(digest, at, bit), point)).toBe(false)
    }),
    { numRuns: 10 },
  )
})

test.each([
  ['zero', scalar(0n)],
  ['the order', curveOrder],
  ['all ones', new Uint8Array(32).fill(0xff)],
])('a signature holds when the digest is %s', (_, digest) => {
  const { compact } = nobleArithmetic.sign(digest, privateKey)
  expect(verifyByTable(compact, digest, pointOf(publicKey))).toBe(true)
})

test('a key is known once it has verified ten times, and forgotten for sixteen others', () => {
  const known = createKnownPoints()
  for (let i = 0; i < 9; i++) known.verified(publicKey)
  expect(known.recall(publicKey)).toBeUndefined()
  known.verified(publicKey)
  expect(known.recall(publicKey)?.toBytes(false)).toEqual(publicKey)
  for (let n = 1n; n <= 16n; n++) known.verified(nobleArithmetic.publicKey(scalar(n)))
  expect(known.recall(publicKey)).toBeUndefined()
})

test('a key that is known verifies as before', () => {
  const digest = new Uint8Array(32).fill(7)
  const { compact } = nobleArithmetic.sign(digest, privateKey)
  const other = nobleArithmetic.publicKey(scalar(43n))
  for (let i = 0; i < 30; i++) {
    expect(nobleArithmetic.verify(compact, digest, publicKey)).toBe(true)
    expect(nobleArithmetic.verify(compact, new Uint8Array(32).fill(i + 8), publicKey)).toBe(false)
    expect(nobleArithmetic.verify(compact, digest, other)).toBe(false)
  }
})

function holds(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}
