// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test suite that the root's test tools run
import { describe, expect, it } from 'vitest'
import type { Crypto } from '../port.ts'

/** Declares the tests of the random source. */
export function testRandomBytes(subject: () => Crypto): void {
  describe('random bytes', () => {
    it.each([0, 1, 32, 65_536, 200_001])('as many as asked for: %i', (count) => {
      expect(subject().randomBytes(count)).toHaveLength(count)
    })

    it('differ from draw to draw, and to the last byte of a long draw', () => {
      const { randomBytes } = subject()
      expect(randomBytes(32)).not.toEqual(randomBytes(32))
      expect(randomBytes(200_000).subarray(-32)).not.toEqual(new Uint8Array(32))
    })

    it.each([-1, 0.5, Number.NaN, 2 ** 31])('are refused when asked for %d', (count) => {
      expect(() => subject().randomBytes(count)).toThrow(
        expect.objectContaining({ code: 'crypto/bad-length' }),
      )
    })
  })
}
