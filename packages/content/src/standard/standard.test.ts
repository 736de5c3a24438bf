import { toUtf8 } from '@posthorn/bytes'
import { ProtocolError } from '@posthorn/errors'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentCodec } from '../codec.ts'
import { codecRegistry, maxNestedDepth } from '../codec-registry.ts'
import { type EncodedContent, encodeEncodedContent } from '../encoded-content.ts'
import { attachmentCodec, attachmentType } from './attachment.ts'
import { type CompositePart, compositeCodec } from './composite.ts'
import { reactionCodec, reactionType } from './reaction.ts'
import { readReceiptCodec } from './read-receipt.ts'
import { remoteStaticAttachmentCodec } from './remote-static-attachment.ts'
import { type Reply, replyCodec, replyType } from './reply.ts'
import { textCodec, textType } from './text.ts'
import { transactionReferenceCodec } from './transaction-reference.ts'

const all: readonly ContentCodec[] = [
  textCodec as ContentCodec,
  reactionCodec as ContentCodec,
  replyCodec as ContentCodec,
  readReceiptCodec as ContentCodec,
  attachmentCodec as ContentCodec,
  remoteStaticAttachmentCodec as ContentCodec,
  transactionReferenceCodec as ContentCodec,
  compositeCodec as ContentCodec,
]
const registry = codecRegistry(all)

const reaction = { action: 'added', reference: 'ab', schema: 'unicode', content: '👍' } as const
const file = { filename: 'a.txt', mimeType: 'text/plain', data: Uint8Array.of(1, 2) }
const remote = {
  url: 'https://example.org/x',
  contentDigest: '0'.repeat(64),
  salt: new Uint8Array(32).fill(1),
  nonce: new Uint8Array(12).fill(2),
  secret: new Uint8Array(32).fill(3),
  scheme: 'https://',
  contentLength: 5,
  filename: 'x',
}

test.each<[string, ContentCodec, unknown]>([
  ['reaction', reactionCodec as ContentCodec, reaction],
  ['reaction with an inbox', reactionCodec as ContentCodec, { ...reaction, referenceInboxId: 'i' }],
  ['reply', replyCodec as ContentCodec, { reference: 'ab', contentType: textType, content: 'yes' }],
  [
    'reply with a file',
    replyCodec as ContentCodec,
    { reference: 'ab', referenceInboxId: 'i', contentType: attachmentType, content: file },
  ],
  ['read receipt', readReceiptCodec as ContentCodec, {}],
  ['attachment', attachmentCodec as ContentCodec, file],
  ['remote attachment', remoteStaticAttachmentCodec as ContentCodec, remote],
  [
    'transaction reference',
    transactionReferenceCodec as ContentCodec,
    { namespace: 'eip155', networkId: 1, reference: '0xab', metadata: { amount: 1 } },
  ],
  [
    'composite',
    compositeCodec as ContentCodec,
    {
      parts: [
        { kind: 'part', contentType: textType, content: 'one' },
        {
          kind: 'composite',
          parts: [{ kind: 'part', contentType: attachmentType, content: file }],
        },
      ],
    },
  ],
])('%s survives the round trip', (_, codec, content) => {
  expect(codec.decode(codec.encode(content, registry), registry)).toEqual(content)
})

test('codecs meet arbitrary content with nothing but a ProtocolError', () => {
  const json = fc.json().map(toUtf8)
  const content = fc.oneof(fc.uint8Array({ maxLength: 100 }), json)
  const names = fc.constantFrom(
    'action',
    'reference',
    'schema',
    'filename',
    'contentLength',
    '__proto__',
  )
  const parameters = fc.dictionary(fc.oneof(names, fc.string()), fc.string())
  fc.assert(
    fc.property(fc.constantFrom(...all), parameters, content, (codec, given, bytes) => {
      const encoded: EncodedContent = { type: codec.contentType, parameters: given, content: bytes }
      try {
        codec.decode(encoded, registry)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('reaction reads the first form, whose fields were parameters', () => {
  const { content, ...parameters } = reaction
  const encoded = { type: reactionType, parameters, content: toUtf8(content) }
  expect(reactionCodec.decode(encoded, registry)).toEqual(reaction)
})

test.each([
  ['a field of another type', '{"action":"added","reference":5,"schema":"unicode","content":"x"}'],
  ['an action nobody knows', '{"action":"?","reference":"ab","schema":"unicode","content":"x"}'],
  ['fields in the prototype', '{"__proto__":{"action":"added"},"reference":"ab"}'],
  ['an array', '[]'],
  ['null', 'null'],
  ['no JSON', '{'],
  ['JSON a million levels deep', '['.repeat(1_000_000)],
])('reaction refuses %s', (_, json) => {
  const encoded = { type: reactionType, parameters: {}, content: toUtf8(json) }
  expect(() => reactionCodec.decode(encoded, registry)).toThrow(
    expect.objectContaining({ code: 'content/malformed' }),
  )
})

test('text refuses another encoding and bytes that are not UTF-8', () => {
  const decode = (encoding: string, content: Uint8Array) =>
    textCodec.decode({ type: textType, parameters: { encoding }, content }, registry)
  expect(() => decode('UTF-16', toUtf8('x'))).toThrow(
    expect.objectContaining({ code: 'content/unknown-encoding' }),
  )
  expect(() => decode('UTF-8', Uint8Array.of(0xff))).toThrow(
    expect.objectContaining({ code: 'bytes/not-utf8' }),
  )
})

function replyOfDepth(depth: number): Reply {
  return depth === 0
    ? { reference: 'ab', contentType: textType, content: 'end' }
    : { reference: 'ab', contentType: replyType, content: replyOfDepth(depth - 1) }
}

test('replies lie inside one another up to the depth limit, in both directions', () => {
  const deepest = replyOfDepth(maxNestedDepth - 1)
  let encoded = replyCodec.encode(deepest, registry)
  expect(replyCodec.decode(encoded, registry)).toEqual(deepest)
  encoded = {
    type: replyType,
    parameters: { reference: 'ab' },
    content: encodeEncodedContent(encoded),
  }
  const tooDeep = expect.objectContaining({ code: 'content/nested-too-deep' })
  expect(() => replyCodec.decode(encoded, registry)).toThrow(tooDeep)
  expect(() => replyCodec.encode(replyOfDepth(maxNestedDepth), registry)).toThrow(tooDeep)
})

test('composite refuses groups past the depth limit', () => {
  let parts: readonly CompositePart[] = []
  for (let depth = 0; depth <= maxNestedDepth; depth++) parts = [{ kind: 'composite', parts }]
  const encoded = compositeCodec.encode({ parts }, registry)
  expect(() => compositeCodec.decode(encoded, registry)).toThrow(
    expect.objectContaining({ code: 'content/malformed' }),
  )
})

test('reply refuses inner content that is compressed or of an unknown type', () => {
  const decodeInner = (inner: Partial<EncodedContent>) =>
    replyCodec.decode(
      {
        type: replyType,
        parameters: { reference: 'ab' },
        content: encodeEncodedContent({ ...textCodec.encode('x', registry), ...inner }),
      },
      registry,
    )
  expect(() => decodeInner({ compression: 'gzip' })).toThrow(
    expect.objectContaining({ code: 'content/nested-compressed' }),
  )
  expect(() => decodeInner({ type: { ...textType, typeId: 'other' } })).toThrow(
    expect.objectContaining({ code: 'content/unknown-type' }),
  )
})

test.each([
  ['an address that is not https', { url: 'http://example.org' }],
  ['an address of another scheme', { url: 'httpsx://example.org' }],
  ['a short salt', { salt: new Uint8Array(31) }],
  ['a digest that is not hex', { contentDigest: 'z'.repeat(64) }],
])('remote attachment refuses %s', (_, wrong) => {
  const decode = () => {
    const encoded = remoteStaticAttachmentCodec.encode({ ...remote, ...wrong }, registry)
    remoteStaticAttachmentCodec.decode(encoded, registry)
  }
  expect(decode).toThrow(expect.objectContaining({ code: 'content/malformed' }))
})

test('fallbacks read as in published clients', () => {
  expect(replyCodec.fallback({ reference: '', contentType: textType, content: 'x' })).toBe(
    'Replied with “x” to an earlier message',
  )
  expect(reactionCodec.fallback({ ...reaction, action: 'removed' })).toBe(
    'Removed “👍” from an earlier message',
  )
  expect(attachmentCodec.fallback(file)).toBe(
    'Can’t display "a.txt". This app doesn’t support attachments.',
  )
  expect(transactionReferenceCodec.fallback({ networkId: 1, reference: '0xab' })).toBe(
    '[Crypto transaction] Use a blockchain explorer to learn more using the transaction hash: 0xab',
  )
})
