import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BroadcastReader, broadcastTexts } from './broadcast-text.ts'

const envelopes = fc.array(
  fc.record({
    contentTopic: fc.string({ unit: 'grapheme', maxLength: 40 }),
    timestampNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    message: fc.uint8Array({ maxLength: 20_000 }),
  }),
  { maxLength: 5 },
)

test('texts of a transaction are short, all different, and read as what they were made of', () => {
  fc.assert(
    fc.property(envelopes, (sent) => {
      const texts = broadcastTexts(sent)
      expect(new Set(texts)).toHaveLength(texts.length)
      for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(8_000)
      const reader = new BroadcastReader()
      expect(texts.map((text) => reader.take(text)).filter(Boolean)).toEqual(sent)
    }),
    { numRuns: 50 },
  )
})

test('texts of others give nothing and harm nothing', () => {
  const reader = new BroadcastReader()
  const sent = { contentTopic: 'topic', timestampNs: 1n, message: new Uint8Array(6_000).fill(7) }
  const [first = '', second = ''] = broadcastTexts([sent])
  const ofOthers = ['', 'x', '0 0 AAAA', '0 0 //////////////////', '0 9999 AAAA', first, first]
  for (const text of ofOthers) expect(reader.take(text)).toBeUndefined()
  expect(reader.take(second)).toEqual(sent)
})
