import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nobleHashes } from '../noble/hashes.ts'
import { smallHashes } from './small-hashes.ts'

const lengths = Array.from({ length: 300 }, (_, length) => length)

describe('small hashes', () => {
  it('are those of the reference for every length around their blocks', () => {
    for (const length of lengths) {
      const data = Uint8Array.from({ length }, (_, i) => i * length)
      expect(smallHashes.sha256(data)).toEqual(nobleHashes.sha256(data))
      expect(smallHashes.keccak256(data)).toEqual(nobleHashes.keccak256(data))
    }
  })

  it('are those of the reference for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (data) => {
        expect(smallHashes.sha256(data)).toEqual(nobleHashes.sha256(data))
        expect(smallHashes.keccak256(data)).toEqual(nobleHashes.keccak256(data))
      }),
    )
  })
})
