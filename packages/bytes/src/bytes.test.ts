import { ProtocolError } from '@posthorn/errors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareBytes,
  concatBytes,
  dateToNs,
  equalBytes,
  equalConstantTime,
  fromHex,
  fromUtf8,
  nsToDate,
  toHex,
  toUtf8,
  wipe,
} from './index.ts'

const bytes = fc.uint8Array({ maxLength: 64 })

describe('hex', () => {
  test('default: round trip, with and without prefix, in either case', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(toHex(data)).toBe(Buffer.from(data).toString('hex'))
        expect(fromHex(`0x${toHex(data).toUpperCase()}`)).toEqual(data)
      }),
    )
  })

  test.each(['0', 'zz', '0x0', '00 11', '0X00'])('error: %j is refused', (text) => {
    expect(() => fromHex(text)).toThrow(ProtocolError)
  })
})

describe('order and equality', () => {
  test('default: compareBytes orders as Buffer.compare does', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b))
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
        expect(equalConstantTime(a, b)).toBe(Buffer.compare(a, b) === 0)
        expect(equalConstantTime(a, Uint8Array.from(a))).toBe(true)
      }),
    )
  })
})

describe('text, time and joins', () => {
  test('default: UTF-8 keeps a byte order mark', () => {
    expect(fromUtf8(toUtf8('\ufeffgm ☀'))).toBe('\ufeffgm ☀')
  })

  test('error: bytes that are not UTF-8 are refused', () => {
    expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow(ProtocolError)
  })

  test('default: dates survive nanoseconds', () => {
    const date = new Date(1_700_000_000_123)
    expect(dateToNs(date)).toBe(1_700_000_000_123_000_000n)
    expect(nsToDate(dateToNs(date) + 999_999n)).toEqual(date)
  })

  test('default: concatBytes joins in order and wipe clears', () => {
    const secret = Uint8Array.of(1, 2)
    expect(concatBytes(secret, new Uint8Array(0), Uint8Array.of(3))).toEqual(Uint8Array.of(1, 2, 3))
    wipe(secret)
    expect(secret).toEqual(new Uint8Array(2))
  })
})
