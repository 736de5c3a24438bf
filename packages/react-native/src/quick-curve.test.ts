import * as nodeCrypto from 'node:crypto'
import { createNobleCrypto } from '@posthorn/crypto'
import { describe, expect, it } from 'vitest'
import { groupOrder, scalarToHex } from './affine.ts'
import type { NativeCrypto } from './native-crypto.ts'
import { createQuickCurve } from './quick-curve.ts'

const nativeCrypto: NativeCrypto = { ...nodeCrypto, getRandomValues: () => undefined }
const plain = createNobleCrypto().curve
const keyOf = (scalar: bigint): Uint8Array => Buffer.from(scalarToHex(scalar), 'hex')

describe('quick curve', () => {
  const curve = createQuickCurve(nativeCrypto, plain)

  it.each([1n, 2n, 3n, groupOrder - 3n, groupOrder - 2n, groupOrder - 1n])(
    'multiplies by the extreme scalar %s as every curve does',
    (scalar) => {
      for (const of of [1n, 5n, groupOrder - 1n]) {
        const publicKey = plain.publicKey(keyOf(of))
        expect(curve.publicKey(keyOf(scalar))).toEqual(plain.publicKey(keyOf(scalar)))
        expect(curve.sharedPoint(keyOf(scalar), publicKey)).toEqual(
          plain.sharedPoint(keyOf(scalar), publicKey),
        )
      }
    },
  )

  it('verifies and recovers for a digest of zeros, where one product is nothing', () => {
    const digest = new Uint8Array(32)
    const signature = plain.sign(digest, keyOf(7n))
    expect(curve.recover(signature, digest)).toEqual(plain.publicKey(keyOf(7n)))
    expect(curve.verify(signature.compact, digest, plain.publicKey(keyOf(7n)))).toBe(true)
    expect(curve.verify(signature.compact, digest, plain.publicKey(keyOf(8n)))).toBe(false)
  })

  it('computes the native way: the plain curve is asked for ordinary input only to sign', () => {
    const asked: string[] = []
    const listening = Object.fromEntries(
      Object.entries(plain).map(([name, call]) => [
        name,
        (...input: readonly never[]) => {
          if (name !== 'isPrivateKey') asked.push(name)
          return (call as (...input: readonly never[]) => unknown)(...input)
        },
      ]),
    ) as typeof plain
    const watched = createQuickCurve(nativeCrypto, listening)
    const [key, digest] = [keyOf(12_345n), Buffer.alloc(32, 9)]
    const publicKey = watched.publicKey(key)
    const signature = watched.sign(digest, key)
    watched.sharedPoint(key, plain.publicKey(keyOf(6n)))
    expect(watched.verify(signature.compact, digest, publicKey)).toBe(true)
    expect(watched.recover(signature, digest)).toEqual(publicKey)
    expect(asked).toEqual(['sign'])
  })
})
