import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printable, toJson } from './printable.ts'

describe('printable', () => {
  test('default: leaves ordinary text of any language alone', () => {
    expect(printable('Grüße, 世界 👋🏽\tשלום')).toBe('Grüße, 世界 👋🏽\tשלום')
  })

  test.each([
    ['\u001b[2J\u001b]0;owned\u0007', '␛[2J␛]0;owned␇'],
    ['a\u009b31mb', 'a\ufffd31mb'],
    ['a\u202egnp.exe', 'a\ufffdgnp.exe'],
    ['a\u0000\u007f', 'a␀\ufffd'],
  ])('%j cannot drive the terminal', (text, expected) => {
    expect(printable(text)).toBe(expected)
  })

  test('behavior: indents further lines, whatever breaks them', () => {
    expect(printable('a\nb\r\nc\rd\u2028e', 2)).toBe('a\n  b\n  c\n  d\n  e')
  })
})

describe('toJson', () => {
  test('default: writes what JSON.parse reads back, without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = toJson({ text })
        expect(JSON.parse(json)).toEqual({ text })
        expect(json).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
      }),
      { numRuns: 40, examples: [['\u009b31m\u202e\u2028']] },
    )
  })

  test('behavior: writes bigints as decimal texts and bytes as base64', () => {
    expect(toJson({ sentNs: 2n ** 63n, data: Uint8Array.of(1, 2, 3) })).toBe(
      '{"sentNs":"9223372036854775808","data":"AQID"}',
    )
  })
})
