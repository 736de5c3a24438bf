import { CodecError } from '@posthorn/errors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Composite, decode, EncodedContent, Envelope, encode, Message, PublicKey } from './index.ts'

const content = {
  type: undefined,
  parameters: new Map([['a', 'b']]),
  compression: 0,
  content: Uint8Array.of(1),
} as const

describe('wire', () => {
  test('default: compression (5) stands before content (4), and present zero values are written', () => {
    expect(Buffer.from(encode(EncodedContent, content)).toString('hex')).toBe(
      '12060a01611201622800220101',
    )
  })

  test('default: 64-bit times keep every bit', () => {
    const envelope = { contentTopic: 't', timestampNs: 2n ** 64n - 1n, message: Uint8Array.of(0) }
    expect(decode(Envelope, encode(Envelope, envelope), 'Envelope')).toEqual(envelope)
  })

  test('behavior: hostile map keys stay data', () => {
    const parameters = new Map([['__proto__', 'x']])
    const bytes = encode(EncodedContent, { ...content, parameters })
    expect(decode(EncodedContent, bytes, 'EncodedContent').parameters).toEqual(parameters)
  })

  test('error: nothing but a CodecError leaves the decoder', () => {
    const codecs = { Message, PublicKey, EncodedContent, Composite }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const [name, codec] of Object.entries(codecs)) {
          try {
            decode<unknown>(codec, bytes, name)
          } catch (error) {
            expect(error).toBeInstanceOf(CodecError)
          }
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['tag zero with bytes behind it', [0x0a, 0x01, 0x74, 0x00, 0x00]],
    ['the end of a group that never began, with bytes behind it', [0x0c, 0x0a, 0x01, 0x74]],
    ['a text that is not UTF-8', [0x0a, 0x02, 0xc3, 0x28]],
    ['a length beyond the end', [0x0a, 0x05, 0x74]],
    ['a varint without end', [0x10, ...Array(11).fill(0xff)]],
  ])('error: %s is refused', (_, bytes) => {
    expect(() => decode(Envelope, Uint8Array.from(bytes), 'Envelope')).toThrow(CodecError)
  })

  test('error: nesting without end is refused', () => {
    let nested: Uint8Array = new Uint8Array(0)
    for (let depth = 0; depth < 2_000; depth++) {
      nested = wrap(nested)
    }
    expect(() => decode(Composite, nested, 'Composite')).toThrow(CodecError)
  })
})

// Composite{parts: Part{composite: inner}}
function wrap(inner: Uint8Array): Uint8Array {
  const part = [0x12, ...varint(inner.length), ...inner]
  return Uint8Array.from([0x0a, ...varint(part.length), ...part])
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
}
