import { describe, expect, it } from 'vitest'
import { nobleArithmetic } from './noble/arithmetic.ts'
import { strictCurve } from './strict-curve.ts'

describe('strict curve', () => {
  it('does not give out a signature whose recovery id does not fit one bit', () => {
    const curve = strictCurve({
      ...nobleArithmetic,
      sign: () => ({ compact: new Uint8Array(64).fill(1), recovery: 2 }),
    })
    const bytes = new Uint8Array(32).fill(1)
    expect(() => curve.sign(bytes, bytes)).toThrow(
      expect.objectContaining({ code: 'crypto/recovery-out-of-range' }),
    )
  })
})
