import { describe, expect, it, vi } from 'vitest'
import { testCrypto } from '../contract.ts'
import { platformRandomBytes } from '../random.ts'
import { createWebCurve } from './curve.ts'
import { createWebCrypto } from './web-crypto.ts'

testCrypto('web', async () => {
  const crypto = createWebCrypto()
  await crypto.ready
  return crypto
})

testCrypto('web while WebAssembly is not there', async () => {
  const { curve } = createWebCurve(platformRandomBytes, () => new Promise(() => undefined))
  return { ...createWebCrypto(), curve }
})

describe('web back end', () => {
  it('says what computes its curve, before and after WebAssembly is there', async () => {
    const crypto = createWebCrypto()
    expect(crypto.detail).toContain('until WebAssembly is loaded')
    await crypto.ready
    expect(crypto.detail).toContain('libsecp256k1 in WebAssembly')
  })

  it('is refused when the platform has no WebCrypto', () => {
    vi.stubGlobal('crypto', { getRandomValues: globalThis.crypto.getRandomValues })
    try {
      expect(createWebCrypto).toThrow(
        expect.objectContaining({ code: 'crypto/backend-unavailable' }),
      )
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
