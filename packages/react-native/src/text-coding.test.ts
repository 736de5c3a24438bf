import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { installMissing, type Scope } from './install-missing.ts'
import { PlainTextDecoder, PlainTextEncoder } from './text-coding.ts'

// Bytes that are nearly UTF-8: the beginnings and middles of characters, more often than by chance.
const nearlyUtf8 = fc.uint8Array({ maxLength: 12 }).chain((bytes) =>
  fc
    .array(
      fc.constantFrom(0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x80, 0x8f, 0x90, 0xa0, 0xbb, 0xbf, 0x41),
      {
        maxLength: 12,
      },
    )
    .map((others) => Uint8Array.from([...others, ...bytes])),
)

const outcome = (decode: () => string): string | undefined => {
  try {
    return decode()
  } catch {
    return undefined
  }
}

describe('plain text coding', () => {
  it('encodes every text as the platform does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, room) => {
        expect(new PlainTextEncoder().encode(text)).toEqual(new TextEncoder().encode(text))
        const [mine, theirs] = [new Uint8Array(room), new Uint8Array(room)]
        expect(new PlainTextEncoder().encodeInto(text, mine)).toEqual(
          new TextEncoder().encodeInto(text, theirs),
        )
        expect(mine).toEqual(theirs)
      }),
    )
  })

  it('encodes halves of surrogate pairs as the platform does', () => {
    for (const text of ['\ud800', 'a\udfffb', '\udc00\ud800', '\ud83d\ude00'])
      expect(new PlainTextEncoder().encode(text)).toEqual(new TextEncoder().encode(text))
  })

  it.each([{}, { fatal: true }, { ignoreBOM: true }, { fatal: true, ignoreBOM: true }])(
    'decodes and refuses what the platform does with %j',
    (options) => {
      const [mine, theirs] = [
        new PlainTextDecoder('UTF8', options),
        new TextDecoder('utf-8', options),
      ]
      fc.assert(
        fc.property(nearlyUtf8, (bytes) => {
          expect(outcome(() => mine.decode(bytes))).toBe(outcome(() => theirs.decode(bytes)))
        }),
        { numRuns: 2_000 },
      )
    },
  )

  it('decodes views and buffers, and nothing as an empty text', () => {
    const bytes = Uint8Array.of(1, 0x61, 0x62, 1)
    const decoder = new PlainTextDecoder()
    expect(decoder.decode(new DataView(bytes.buffer, 1, 2))).toBe('ab')
    expect(decoder.decode(bytes.buffer)).toBe('\u0001ab\u0001')
    expect(decoder.decode()).toBe('')
  })

  it('knows no other encoding', () => {
    expect(() => new PlainTextDecoder('utf-16le')).toThrow(
      expect.objectContaining({ code: 'react-native/unknown-encoding' }),
    )
  })
})

describe('install missing', () => {
  const bareScope = (): Scope => ({ Symbol: {}, String: { prototype: {} } })

  it('fills in everything in a bare scope', () => {
    const scope = bareScope()
    installMissing(scope)
    expect(scope).toMatchObject({ TextEncoder: PlainTextEncoder, TextDecoder: PlainTextDecoder })
    expect(Reflect.ownKeys(scope.Symbol)).toEqual(['asyncIterator', 'asyncDispose'])
    const isWellFormed: unknown = Reflect.get(scope.String.prototype, 'isWellFormed')
    const isGood = (text: string): unknown => (isWellFormed as () => unknown).call(text)
    expect(['', 'a😀', '\ud800', 'a\udc00b'].map(isGood)).toEqual([true, true, false, false])
  })

  it('leaves what is there', () => {
    const before = [globalThis.TextEncoder, Symbol.asyncIterator, Symbol.asyncDispose]
    installMissing(globalThis)
    expect([globalThis.TextEncoder, Symbol.asyncIterator, Symbol.asyncDispose]).toEqual(before)
  })
})
