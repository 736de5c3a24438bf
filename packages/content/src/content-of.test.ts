import { expect, expectTypeOf, test } from 'vitest'
import { codecRegistry } from './codec-registry.ts'
import { contentOf } from './content-of.ts'
import { encodeEncodedContent } from './encoded-content.ts'
import { type Reaction, reactionCodec, reactionType } from './standard/reaction.ts'
import { reactionV2Codec, reactionV2Type } from './standard/reaction-v2.ts'
import { textCodec } from './standard/text.ts'
import { decodeContent, encodeContent } from './translate.ts'

const registry = codecRegistry([reactionCodec, reactionV2Codec])
const reaction: Reaction = { action: 'added', reference: 'ab', schema: 'unicode', content: '👍' }

test.each([reactionType, reactionV2Type])(
  'content has its type, whatever version: %#',
  async (contentType) => {
    const { bytes } = await encodeContent(registry, reaction, { contentType })
    const incoming = await decodeContent(registry, bytes)
    const content = contentOf(reactionCodec, incoming)
    expectTypeOf(content).toEqualTypeOf<Reaction | undefined>()
    expect(content).toEqual(reaction)
    expect(contentOf(textCodec, incoming)).toBeUndefined()
  },
)

test('what was not decoded has no content', async () => {
  const malformed = { ...textCodec.encode('', registry), content: Uint8Array.of(0xff) }
  const incoming = await decodeContent(registry, encodeEncodedContent(malformed))
  expect(incoming.kind).toBe('malformed')
  expect(contentOf(textCodec, incoming)).toBeUndefined()
  expect(contentOf(textCodec, { kind: 'undecodable' })).toBeUndefined()
})
