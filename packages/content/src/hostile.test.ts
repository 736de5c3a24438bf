// Content made to break its reader: whatever it is, decoding answers, soon, and changes nothing else.

import { concatBytes, toUtf8 } from '@posthorn/bytes'
import { ProtocolError } from '@posthorn/errors'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { ContentCodec } from './codec.ts'
import { codecRegistry } from './codec-registry.ts'
import { type EncodedContent, encodeEncodedContent } from './encoded-content.ts'
import { maxCompositeParts } from './standard/composite.ts'
import { maxFieldsBytes, maxJsonDepth } from './standard/fields.ts'
import { replyType } from './standard/reply.ts'
import { textCodec, textType } from './standard/text.ts'
import { standardCodecs } from './standard-codecs.ts'
import { decodeContent, type IncomingContent } from './translate.ts'

const registry = codecRegistry(standardCodecs)
const prototypeNames = Object.getOwnPropertyNames(Object.prototype).sort()

afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(prototypeNames)
  expect({}).not.toHaveProperty('polluted')
})

function decode(encoded: EncodedContent): Promise<IncomingContent> {
  return decodeContent(registry, encodeEncodedContent(encoded))
}

function decodeJson(typeId: string, json: string): Promise<IncomingContent> {
  return decode({ type: { ...textType, typeId }, parameters: {}, content: toUtf8(json) })
}

const fieldNames = [
  ...['action', 'reference', 'schema', 'content', 'filename', 'mimeType', 'contentLength', 'id'],
  ...['networkId', 'metadata', 'calls', 'isTyping', 'actions', '__proto__', 'constructor'],
]
const name = fc.oneof(fc.constantFrom(...fieldNames), fc.string({ unit: 'binary' }))
const values = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' })
const json = fc
  .array(fc.tuple(name, values), { maxLength: 8 })
  .map((fields) => `{${fields.map((pair) => pair.map((part) => JSON.stringify(part)).join(':'))}}`)
const protobuf = fc
  .array(
    fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 80 }), fc.uint8Array({ maxLength: 40 })),
      fc.tuple(fc.integer({ min: 0, max: 255 }), fc.constant(new Uint8Array(0))),
    ),
    { maxLength: 8 },
  )
  .map((fields) =>
    concatBytes(...fields.flatMap(([tag, bytes]) => [Uint8Array.of(tag, bytes.length), bytes])),
  )
const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), json.map(toUtf8), protobuf)
const parameters = fc
  .array(fc.tuple(name, fc.oneof(fc.string(), fc.double().map(String))))
  .map((entries) => Object.fromEntries(entries))

test('codecs meet arbitrary content with nothing but a ProtocolError', () => {
  fc.assert(
    fc.property(fc.constantFrom(...standardCodecs), parameters, content, (codec, given, bytes) => {
      const encoded = { type: codec.contentType, parameters: given, content: bytes }
      try {
        codec.decode(encoded, registry)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
    { numRuns: 5_000 },
  )
})

test('valid content with any byte changed is decoded or refused, never more', async () => {
  const valid = [
    encodeEncodedContent(textCodec.encode('hello', registry)),
    encodeEncodedContent(nested(3)),
  ]
  const change = fc.tuple(fc.constantFrom(...valid), fc.nat(), fc.integer({ min: 1, max: 255 }))
  await fc.assert(
    fc.asyncProperty(change, async ([bytes, at, mask]) => {
      const changed = Uint8Array.from(bytes)
      const index = at % changed.length
      changed[index] = (changed[index] ?? 0) ^ mask
      const incoming = await decodeContent(registry, changed)
      if (incoming.kind === 'malformed') expect(incoming.error.code).not.toMatch(/codec-failed/)
    }),
    { numRuns: 2_000 },
  )
})

describe('JSON', () => {
  test('names that reach into prototypes are left out at every level', async () => {
    const incoming = await decodeJson(
      'transactionReference',
      `{"networkId":1,"reference":"x","__proto__":{"polluted":1},
        "metadata":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},
        "deep":[{"\\u005f_proto__":{"polluted":1},"kept":true}]}}`,
    )
    if (incoming.kind !== 'decoded') return expect.unreachable()
    expect(JSON.stringify(incoming.content)).toBe(
      '{"networkId":1,"reference":"x","metadata":{"deep":[{"kept":true}]}}',
    )
    expect(Object.getPrototypeOf(incoming.content)).toBe(Object.prototype)
  })

  test.each([
    ['lists', '['.repeat(1_000_000), ']'.repeat(1_000_000)],
    ['objects', '{"a":'.repeat(180_000) + 1, '}'.repeat(180_000)],
    ['a field', `{"metadata":${'['.repeat(500_000)}`, `${']'.repeat(500_000)}}`],
    ['brackets after a quote', `{"a":"\\"","b":${'['.repeat(maxJsonDepth)}`, ''],
  ])('%s nested past all reason are malformed', async (_, open, close) => {
    expect(await decodeJson('transactionReference', open + close)).toMatchObject({
      kind: 'malformed',
      error: { code: 'content/malformed' },
    })
  })

  test('as many levels as any type needs are read, and not one more', async () => {
    // The content and its metadata are a level each.
    const sent = (levels: number) =>
      decodeJson(
        'transactionReference',
        `{"networkId":1,"reference":"","metadata":{"a":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}}`,
      )
    expect((await sent(maxJsonDepth)).kind).toBe('decoded')
    expect((await sent(maxJsonDepth + 1)).kind).toBe('malformed')
  })

  test('brackets in a text do not count as levels', async () => {
    const reference = `\\"${'['.repeat(1_000)}\\\\`
    const incoming = await decodeJson(
      'transactionReference',
      `{"networkId":"1","reference":"${reference}"}`,
    )
    expect(incoming).toMatchObject({ kind: 'decoded' })
  })

  test.each([
    ['1e999', 'an infinite number'],
    ['-1e999', 'a negative infinite number'],
    ['90071992547409930', 'a number that lost digits'],
    ['1.5', 'half a chain'],
    ['true', 'a truth'],
    ['null', 'nothing'],
    ['{}', 'an object'],
  ])('a network id of %s (%s) is malformed', async (networkId) => {
    const incoming = decodeJson('transactionReference', `{"networkId":${networkId},"reference":""}`)
    expect(await incoming).toMatchObject({ kind: 'malformed' })
  })

  test('an infinite number deep inside is malformed too', async () => {
    const sent = '{"networkId":1,"reference":"","metadata":{"amount":1e999}}'
    expect(await decodeJson('transactionReference', sent)).toMatchObject({ kind: 'malformed' })
  })

  test('content larger than a message is not parsed', async () => {
    const sent = `{"isTyping":true,"pad":"${'x'.repeat(maxFieldsBytes)}"}`
    const type = {
      authorityId: 'convos.org',
      typeId: 'typing_indicator',
      versionMajor: 1,
      versionMinor: 0,
    }
    expect(await decode({ type, parameters: {}, content: toUtf8(sent) })).toMatchObject({
      kind: 'malformed',
    })
  })
})

describe('parameters', () => {
  test('a hundred thousand of them are read', async () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`p${i}`, '']))
    const sent = { ...textCodec.encode('hi', registry), parameters: { ...many, encoding: 'UTF-8' } }
    expect(await decode(sent)).toMatchObject({ kind: 'decoded', content: 'hi' })
  })

  test('names of prototypes are plain names', async () => {
    const hostile = JSON.parse('{"__proto__":"a","constructor":"b","encoding":"UTF-8"}')
    const sent = { ...textCodec.encode('hi', registry), parameters: hostile }
    expect(await decode(sent)).toMatchObject({ kind: 'decoded', content: 'hi' })
  })

  test('a field that only the prototype has is not there', async () => {
    const sent = { ...textCodec.encode('hi', registry), parameters: {} }
    expect(await decode(sent)).toMatchObject({ kind: 'malformed' })
  })
})

describe('text', () => {
  test.each([
    ['invalid', Uint8Array.of(0xff)],
    ['overlong', Uint8Array.of(0xc0, 0x80)],
    ['half a surrogate pair', Uint8Array.of(0xed, 0xa0, 0x80)],
    ['cut short', Uint8Array.of(0xf0, 0x9f, 0x91)],
  ])('%s UTF-8 is malformed, with the fallback', async (_, bytes) => {
    const sent = { ...textCodec.encode('', registry), content: bytes, fallback: 'see' }
    expect(await decode(sent)).toMatchObject({ kind: 'malformed', fallback: 'see' })
  })

  test('half a surrogate pair in what we send becomes U+FFFD', async () => {
    const sent = textCodec.encode('a\ud800b', registry)
    expect(await decode(sent)).toMatchObject({ kind: 'decoded', content: 'a\uFFFDb' })
  })
})

describe('content inside content', () => {
  test('replies 64 deep are malformed', async () => {
    expect(await decode(nested(64))).toMatchObject({
      kind: 'malformed',
      error: { code: 'content/nested-too-deep' },
    })
  })

  test('replies a thousand deep are malformed just as those 64 deep', async () => {
    let encoded = nested(1)
    for (let depth = 0; depth < 1_000; depth++) encoded = replyTo(encoded)
    expect(await decode(encoded)).toMatchObject({ error: { code: 'content/nested-too-deep' } })
  })

  test('a composite of more parts than anybody reads is malformed', async () => {
    const type = { ...textType, typeId: 'composite' }
    const part = Uint8Array.of(0x0a, 0x02, 0x12, 0x00)
    const sent = (parts: number) =>
      decode({ type, parameters: {}, content: concatBytes(...Array(parts).fill(part)) })
    expect((await sent(maxCompositeParts)).kind).toBe('decoded')
    expect((await sent(maxCompositeParts + 1)).kind).toBe('malformed')
  })

  test('composites thousands of levels deep are malformed', async () => {
    const type = { ...textType, typeId: 'composite' }
    expect(await decode({ type, parameters: {}, content: composites(3_000) })).toMatchObject({
      kind: 'malformed',
    })
    // Lengths that claim another level each, without end.
    const claims = Uint8Array.from({ length: 200_000 }, (_, i) => (i % 2 === 0 ? 0x0a : 0x7f))
    expect(await decode({ type, parameters: {}, content: claims })).toMatchObject({
      kind: 'malformed',
    })
  })
})

test('a codec of the application that throws nonsense makes malformed content', async () => {
  const broken: ContentCodec = {
    ...(textCodec as ContentCodec),
    decode: () => {
      throw undefined
    },
  }
  const sent = encodeEncodedContent(textCodec.encode('hi', registry))
  expect(await decodeContent(codecRegistry([broken]), sent)).toMatchObject({
    kind: 'malformed',
    error: { code: 'content/codec-failed' },
  })
})

function nested(depth: number): EncodedContent {
  return depth === 0 ? textCodec.encode('end', registry) : replyTo(nested(depth - 1))
}

function replyTo(inner: EncodedContent): EncodedContent {
  const parameters = { reference: 'ab' }
  return { type: replyType, parameters, content: encodeEncodedContent(inner) }
}

// Groups in groups: each level wraps the bytes of the one inside it.
function composites(depth: number): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(0)
  for (let level = 0; level < depth; level++) bytes = wrapped(0x0a, wrapped(0x12, bytes))
  return bytes
}

function wrapped(tag: number, bytes: Uint8Array): Uint8Array {
  const length: number[] = []
  let rest = bytes.length
  for (; rest > 0x7f; rest >>= 7) length.push((rest & 0x7f) | 0x80)
  return concatBytes(Uint8Array.of(tag, ...length, rest), bytes)
}
