import { toUtf8 } from '@posthorn/bytes'
import { expect, test } from 'vitest'
import { maxNestedDepth } from '../codec-registry.ts'
import { type EncodedContent, encodeEncodedContent } from '../encoded-content.ts'
import { type CompositePart, compositeCodec } from './composite.ts'
import { reactionCodec, reactionType } from './reaction.ts'
import { remoteStaticAttachmentCodec } from './remote-static-attachment.ts'
import { type Reply, replyCodec, replyType } from './reply.ts'
import { registry, remote } from './test-support.ts'
import { textCodec, textType } from './text.ts'

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
