import * as nodeCrypto from 'node:crypto'
import { testCrypto } from '@posthorn/crypto/contract'
import { describe, expect, it, vi } from 'vitest'
import { createCrypto } from './create-crypto.ts'
import type { NativeCrypto } from './native-crypto.ts'

// The calls of react-native-quick-crypto are those of node:crypto, whose own stands in for it.
const nativeCrypto: NativeCrypto = {
  ...nodeCrypto,
  getRandomValues: crypto.getRandomValues.bind(crypto),
}

testCrypto('quick-crypto', async () => createCrypto({ nativeCrypto }))
testCrypto('noble with a source of randomness', async () =>
  createCrypto({ getRandomValues: (bytes) => crypto.getRandomValues(bytes) }),
)

describe('create crypto', () => {
  it('says what computes', () => {
    expect(createCrypto({ nativeCrypto })).toMatchObject({ name: 'native' })
    expect(createCrypto()).toMatchObject({ name: 'noble' })
  })

  it('refuses to go on without a source of randomness, and says what to install', () => {
    vi.stubGlobal('crypto', undefined)
    try {
      expect(() => createCrypto()).toThrow(
        expect.objectContaining({
          code: 'react-native/no-randomness',
          message: expect.stringContaining('expo-crypto'),
        }),
      )
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('refuses a source that leaves the bytes as they were', () => {
    expect(() => createCrypto({ getRandomValues: () => undefined })).toThrow(
      expect.objectContaining({ code: 'react-native/no-randomness' }),
    )
  })

  it('draws more than a source gives in one call', () => {
    const { randomBytes } = createCrypto({ nativeCrypto })
    expect(
      randomBytes(70_000)
        .subarray(69_000)
        .some((byte) => byte !== 0),
    ).toBe(true)
  })
})
