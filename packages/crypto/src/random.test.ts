import { afterEach, describe, expect, it, vi } from 'vitest'
import { platformRandomBytes } from './random.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('platform random bytes', () => {
  it('are refused when the platform has no source', () => {
    vi.stubGlobal('crypto', undefined)
    expect(() => platformRandomBytes(32)).toThrow(
      expect.objectContaining({ name: 'UsageError', code: 'crypto/no-randomness' }),
    )
  })
})
