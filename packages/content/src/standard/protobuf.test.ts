import { fromHex, toHex } from '@posthorn/bytes'
import { ProtocolError } from '@posthorn/errors'
import { ContentTypeId, encode } from '@posthorn/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxFieldsBytes } from './fields.ts'
import {
  bytesIn,
  listIn,
  messagesIn,
  numberIn,
  readProtobuf,
  textIn,
  unlessEmpty,
  writeProtobuf,
} from './protobuf.ts'

const malformed = expect.objectContaining({ code: 'content/malformed' })

test('what is written is what the generated code writes, and is read back', () => {
  const id = fc.record({
    authorityId: fc.string({ unit: 'grapheme' }),
    typeId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
    versionMajor: fc.integer({ min: 1, max: 0xffff_ffff }),
    versionMinor: fc.integer({ min: 1, max: 0xffff_ffff }),
  })
  fc.assert(
    fc.property(id, (type) => {
      const bytes = writeProtobuf([
        [1, unlessEmpty(type.authorityId)],
        [2, type.typeId],
        [3, type.versionMajor],
        [4, type.versionMinor],
      ])
      expect(toHex(bytes)).toBe(toHex(encode(ContentTypeId, type)))
      const message = readProtobuf(bytes)
      expect(textIn(message, 1) ?? '').toBe(type.authorityId)
      expect(textIn(message, 2)).toBe(type.typeId)
      expect([numberIn(message, 3), numberIn(message, 4), numberIn(message, 5)]).toEqual([
        type.versionMajor,
        type.versionMinor,
        0,
      ])
    }),
  )
})

test('of a field that is there twice the last counts, and lists keep all', () => {
  const message = readProtobuf(fromHex('0a01610a016210011002'))
  expect(textIn(message, 1)).toBe('b')
  expect(numberIn(message, 2)).toBe(2)
  expect(listIn(message, 1).map(toHex)).toEqual(['61', '62'])
})

test('fields of other types are passed over', () => {
  const message = readProtobuf(fromHex('0d010203040a01611101020304050607085201ff'))
  expect(textIn(message, 1)).toBe('a')
  expect(bytesIn(message, 2)).toHaveLength(8)
})

test.each([
  ['a cut length', '0a'],
  ['a length past the end', '0a0561'],
  ['a length past everything', '0affffffffffffffffff01'],
  ['a number without end', '08ffffffffffffffffffffff01'],
  ['field 0', '0001'],
  ['a group', '0b0c'],
  ['a cut fixed number', '0d0102'],
])('reading refuses %s', (_, hex) => {
  expect(() => readProtobuf(fromHex(hex))).toThrow(malformed)
})

test('reading refuses fields of another kind than asked for, and what no message can hold', () => {
  const number = readProtobuf(fromHex('0801'))
  expect(() => textIn(number, 1)).toThrow(malformed)
  expect(() => listIn(number, 1)).toThrow(malformed)
  expect(() => messagesIn(number, 1)).toThrow(malformed)
  expect(() => numberIn(readProtobuf(fromHex('0a0161')), 1)).toThrow(malformed)
  expect(() => readProtobuf(new Uint8Array(maxFieldsBytes + 1))).toThrow(malformed)
})

test('reading arbitrary bytes throws nothing but a ProtocolError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      try {
        for (const number of readProtobuf(bytes).keys()) expect(number).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
    { numRuns: 2_000 },
  )
})
