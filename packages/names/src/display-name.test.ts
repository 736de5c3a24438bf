import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { addressFragment, displayName } from './display-name.ts'
import { escapeText } from './escape-text.ts'
import { asVerified, type FoundName, type VerifiedName } from './found-name.ts'

const address = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const named = (name: string): VerifiedName => asVerified({ name, address, source: 'ens' })

describe('displayName', () => {
  test('default: the name with the fragment, or the fragment alone', () => {
    expect(displayName(address, named('vitalik.eth'))).toBe('vitalik.eth (0xd8dA…6045)')
    expect(displayName(address)).toBe('0xd8dA…6045')
  })

  test('a name of another address is not shown', () => {
    expect(displayName('0x00000000000000000000000000000000000000ff', named('vitalik.eth'))).toBe(
      '0x0000…00ff',
    )
  })

  test('the case of the address does not matter', () => {
    expect(displayName(address.toLowerCase(), named('a.eth'))).toBe('a.eth (0xd8da…6045)')
  })

  test('a name that was merely found is no argument', () => {
    expectTypeOf<FoundName>().not.toExtend<VerifiedName>()
  })

  test('a long name keeps its end, where it shows whose it is', () => {
    const shown = displayName(address, named(`${'a'.repeat(100)}.base.eth`))
    expect(shown.length).toBeLessThan(64)
    expect(shown).toMatch(/^a{10,}….*\.base\.eth \(0xd8dA…6045\)$/)
  })

  test('whatever a name holds, the line is one visible line that ends with the fragment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const shown = displayName(address, named(name))
        expect(shown.endsWith('(0xd8dA…6045)')).toBe(true)
        expect(shown).not.toMatch(
          /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200b-\u200c\u200e\u200f\ufeff]/u,
        )
      }),
    )
  })
})

describe('escapeText', () => {
  test.each([
    ['ali\u202ece', 'ali\\u{202e}ce'],
    ['a\u2066b\u2069', 'a\\u{2066}b\\u{2069}'],
    ['a\u200bb\u200cc\u200dd', 'a\\u{200b}b\\u{200c}c\\u{200d}d'],
    ['two\nlines\r\t\u0000\u2028', 'two\\u{a}lines\\u{d}\\u{9}\\u{0}\\u{2028}'],
    ['a\u00a0b\u3000c\u2800d\u3164e', 'a\\u{a0}b\\u{3000}c\\u{2800}d\\u{3164}e'],
    ['a\ufe00b\u{e0101}c\u034fd', 'a\\u{fe00}b\\u{e0101}c\\u{34f}d'],
    ['half \ud83d', 'half \\u{d83d}'],
    ['\u{e0041}\ufeff', '\\u{e0041}\\u{feff}'],
  ])('%j reads %s', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped)
  })

  test.each(['vitalik.eth', 'Ömer Ğ', '日本語', 'مرحبا', '👩‍👩‍👧‍👦.eth', '👩🏽‍🚀', '❤️‍🔥', 'a b'])(
    '%s stays as it is',
    (text) => {
      expect(escapeText(text)).toBe(text)
    },
  )
})

test('addressFragment shortens addresses and escapes what is none', () => {
  expect(addressFragment(address)).toBe('0xd8dA…6045')
  expect(addressFragment('0x12')).toBe('0x12')
  expect(addressFragment('\u202eab')).toBe('\\u{202e}ab')
})
