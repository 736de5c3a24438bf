import { describe, expect, it } from 'vitest'
import { createNobleCrypto } from './noble/noble-crypto.ts'
import { generatePrivateKey } from './private-key.ts'

describe('generate private key', () => {
  it('is refused when the random source gives zeros', () => {
    const { curve } = createNobleCrypto()
    const randomBytes = (count: number): Uint8Array => new Uint8Array(count)
    expect(() => generatePrivateKey({ curve, randomBytes })).toThrow(
      expect.objectContaining({ name: 'InternalError', code: 'crypto/bad-randomness' }),
    )
  })
})
