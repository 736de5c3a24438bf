import { describe, expect, it } from 'vitest'
import { nobleCurve } from '../noble/curve.ts'
import { platformRandomBytes } from '../random.ts'
import { createWebCurve } from './curve.ts'

const privateKey = new Uint8Array(32).fill(7)
const publicKey = nobleCurve.publicKey(new Uint8Array(32).fill(8))
const shared = nobleCurve.sharedPoint(privateKey, publicKey)

describe('web curve', () => {
  it('computes the same before and after WebAssembly is there', async () => {
    const { curve, ready } = createWebCurve(platformRandomBytes)
    expect(curve.sharedPoint(privateKey, publicKey)).toEqual(shared)
    await ready
    expect(curve.sharedPoint(privateKey, publicKey)).toEqual(shared)
  })

  it('goes on in plain JavaScript when WebAssembly does not load', async () => {
    const { curve, detail, ready } = createWebCurve(platformRandomBytes, () =>
      Promise.reject(new TypeError('forbidden here')),
    )
    await ready
    expect(detail()).toContain('WebAssembly did not load')
    expect(curve.sharedPoint(privateKey, publicKey)).toEqual(shared)
  })

  it('splits the private key anew for every shared point', async () => {
    const draws: number[] = []
    const { curve, ready } = createWebCurve((lengthBytes) => {
      draws.push(lengthBytes)
      return platformRandomBytes(lengthBytes)
    })
    await ready
    for (let i = 0; i < 3; i++) curve.sharedPoint(privateKey, publicKey)
    expect(draws).toEqual([48, 48, 48])
  })
})
