import { hashes } from '@noble/secp256k1'
import { afterEach, describe, expect, it } from 'vitest'
import { nobleArithmetic } from '../noble/arithmetic.ts'
import { smallArithmetic } from './small-arithmetic.ts'

const bytes = new Uint8Array(32).fill(1)

afterEach(() => {
  hashes.hmacSha256 = undefined
})

describe('small arithmetic', () => {
  it('signs by its own HMAC when the application put another into the library', () => {
    const theirs = () => new Uint8Array(32).fill(9)
    hashes.hmacSha256 = theirs
    expect(smallArithmetic.sign(bytes, bytes)).toEqual(nobleArithmetic.sign(bytes, bytes))
    expect(hashes.hmacSha256).toBe(theirs)
  })

  it('leaves no HMAC in the library when signing fails', () => {
    expect(() => smallArithmetic.sign(bytes, new Uint8Array(32))).toThrow(RangeError)
    expect(hashes.hmacSha256).toBeUndefined()
  })
})
