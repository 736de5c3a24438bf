import { toUtf8 } from '@posthorn/bytes'
import { UsageError } from '@posthorn/errors'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentCodec } from './codec.ts'
import { codecRegistry } from './codec-registry.ts'
import { decodeEncodedContent, encodeEncodedContent } from './encoded-content.ts'
import { reactionCodec, reactionType } from './standard/reaction.ts'
import { textType } from './standard/text.ts'
import { decodeContent, encodeContent } from './translate.ts'

const registry = codecRegistry()

test('text is encoded and decoded without registering anything', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      const { bytes, shouldPush } = await encodeContent(registry, text)
      expect(shouldPush).toBe(true)
      expect(await decodeContent(registry, bytes)).toMatchObject({ kind: 'decoded', content: text })
    }),
  )
})

test('decoding arbitrary bytes never throws', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect((await decodeContent(registry, bytes)).kind).not.toBe('decoded')
    }),
  )
})

test('content of an unknown type comes back with its fallback', async () => {
  const reaction = { action: 'added', reference: 'ab', schema: 'unicode', content: '❤️' }
  const sender = codecRegistry([reactionCodec])
  const { bytes } = await encodeContent(sender, reaction, { contentType: reactionType })
  expect(await decodeContent(registry, bytes)).toMatchObject({
    kind: 'unknown-type',
    fallback: 'Reacted “❤️” to an earlier message',
    error: { code: 'content/unknown-type', message: 'unknown content type xmtp.org/reaction:1.0' },
  })
})

test('content of a later major version is unknown, of a later minor version is not', async () => {
  const decodeVersion = (versionMajor: number, versionMinor: number) =>
    decodeContent(
      registry,
      encodeEncodedContent({
        type: { ...textType, versionMajor, versionMinor },
        parameters: { encoding: 'UTF-8' },
        content: toUtf8('hi'),
      }),
    )
  expect((await decodeVersion(2, 0)).kind).toBe('unknown-type')
  expect((await decodeVersion(1, 9)).kind).toBe('decoded')
  expect((await decodeVersion(0, 1)).kind).toBe('decoded')
})

test('encoding refuses a type without a codec', async () => {
  const sent = encodeContent(registry, {}, { contentType: reactionType })
  await expect(sent).rejects.toThrow(UsageError)
  await expect(sent).rejects.toMatchObject({ code: 'content/codec-not-registered' })
})

test.each([
  [9, undefined],
  [10, 'gzip'],
  [1_000, 'gzip'],
  [1_001, undefined],
] as const)('text of %i bytes is sent with compression %s', async (length, compression) => {
  const text = 'a'.repeat(length)
  const { bytes } = await encodeContent(registry, text, { compression: 'gzip' })
  expect(decodeEncodedContent(bytes).compression).toBe(compression)
  expect(await decodeContent(registry, bytes)).toMatchObject({ kind: 'decoded', content: text })
})

test('received content may expand past what we send, up to the limit', async () => {
  const content = new Uint8Array(5_000).fill(97)
  const compressor = { ...(await import('./compression.ts')).webCompressor }
  const bytes = encodeEncodedContent({
    type: textType,
    parameters: { encoding: 'UTF-8' },
    compression: 'deflate',
    content: await compressor.compress('deflate', content),
  })
  expect((await decodeContent(registry, bytes, { maxDecompressedBytes: 5_000 })).kind).toBe(
    'decoded',
  )
  expect(await decodeContent(registry, bytes, { maxDecompressedBytes: 4_999 })).toMatchObject({
    kind: 'malformed',
    error: { code: 'content/decompressed-too-big' },
  })
})

test('a codec that throws something odd makes malformed content', async () => {
  const broken: ContentCodec<string> = {
    contentType: textType,
    encode: () => ({ type: textType, parameters: {}, fallback: 'own', content: new Uint8Array(0) }),
    decode: () => {
      throw new TypeError('odd')
    },
    fallback: () => 'never used',
    shouldPush: () => false,
  }
  const withBroken = codecRegistry([broken])
  const { bytes } = await encodeContent(withBroken, '')
  expect(await decodeContent(withBroken, bytes)).toMatchObject({
    kind: 'malformed',
    fallback: 'own',
    error: { code: 'content/codec-failed' },
  })
})
