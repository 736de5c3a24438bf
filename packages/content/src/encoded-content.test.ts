import { toHex } from '@posthorn/bytes'
import { ProtocolError } from '@posthorn/errors'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeEncodedContent,
  type EncodedContent,
  encodeEncodedContent,
} from './encoded-content.ts'
import { textType } from './standard/text.ts'

const arbitraryContent: fc.Arbitrary<EncodedContent> = fc.record(
  {
    type: fc.record({
      authorityId: fc.string(),
      typeId: fc.string(),
      versionMajor: fc.nat(),
      versionMinor: fc.nat(),
    }),
    parameters: fc
      .array(fc.tuple(fc.oneof(fc.string(), fc.constant('__proto__')), fc.string()))
      .map((entries) => Object.fromEntries(entries)),
    fallback: fc.string(),
    compression: fc.constantFrom('deflate', 'gzip'),
    content: fc.uint8Array(),
  },
  { requiredKeys: ['type', 'parameters', 'content'] },
)

test('encoded content survives the round trip', () => {
  fc.assert(
    fc.property(arbitraryContent, (encoded) => {
      expect(decodeEncodedContent(encodeEncodedContent(encoded))).toEqual(encoded)
    }),
  )
})

test('decoding arbitrary bytes throws nothing but a ProtocolError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeEncodedContent(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})

test('compression is written before the content, and deflate is a present zero', () => {
  const bytes = encodeEncodedContent({
    type: textType,
    parameters: {},
    compression: 'deflate',
    content: Uint8Array.of(7),
  })
  expect(toHex(bytes).endsWith('2800220107')).toBe(true)
  expect(decodeEncodedContent(bytes).compression).toBe('deflate')
})

test('a parameter named __proto__ is a plain property and touches no prototype', () => {
  const parameters = JSON.parse('{"__proto__":"x"}') as Record<string, string>
  const encoded = { type: textType, parameters, content: new Uint8Array(0) }
  const decoded = decodeEncodedContent(encodeEncodedContent(encoded))
  expect(Object.entries(decoded.parameters)).toEqual([['__proto__', 'x']])
  expect(Object.getPrototypeOf(decoded.parameters)).toBe(Object.prototype)
})

test.each([
  ['no type', '2201aa', 'content/missing-type'],
  ['an unknown compression', '0a002802', 'content/unknown-compression'],
  ['a cut field', '0a05aa', 'wire/malformed'],
])('decoding refuses %s', (_, hex, code) => {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  expect(() => decodeEncodedContent(bytes)).toThrow(expect.objectContaining({ code }))
})
