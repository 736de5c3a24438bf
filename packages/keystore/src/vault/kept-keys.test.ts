import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeKeptKeys, encodeKeptKeys } from './kept-keys.ts'

const keys = fc.uint8Array({ minLength: 1, maxLength: 500 })
const record = fc.record({
  timestampNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
})

test('kept keys come back, wherever in memory their bytes lie', () => {
  fc.assert(
    fc.property(keys, fc.option(record, { nil: undefined }), (bytes, known) => {
      const kept = known === undefined ? { keys: bytes } : { keys: bytes, record: known }
      const encoded = encodeKeptKeys(kept)
      const moved = new Uint8Array(encoded.length + 7).subarray(7)
      moved.set(encoded)
      expect(decodeKeptKeys(moved)).toEqual(kept)
    }),
  )
})

test.each([[[]], [[1]], [[2, ...new Array(60).fill(0)]], [[1, 2, ...new Array(60).fill(0)]]])(
  'other bytes are keystore/malformed: %j',
  (bytes) => {
    expect(() => decodeKeptKeys(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'keystore/malformed' }),
    )
  },
)
