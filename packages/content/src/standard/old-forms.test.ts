import { toUtf8 } from '@posthorn/bytes'
import { expect, test } from 'vitest'
import type { ContentCodec } from '../codec.ts'
import { actionsCodec } from './actions.ts'
import { attachmentCodec } from './attachment.ts'
import { intentCodec } from './intent.ts'
import { reactionCodec, reactionType } from './reaction.ts'
import { reactionV2Codec } from './reaction-v2.ts'
import { remoteStaticAttachmentCodec } from './remote-static-attachment.ts'
import { actions, firstForm, reaction, registry, remote } from './test-support.ts'
import { textType } from './text.ts'

test('reaction reads the first form, whose fields were parameters', () => {
  const { content, ...parameters } = reaction
  const encoded = { type: reactionType, parameters, content: toUtf8(content) }
  expect(reactionCodec.decode(encoded, registry)).toEqual(reaction)
})

test('reaction reads fields in JSON also when parameters repeat them', () => {
  const { content, ...parameters } = reaction
  const encoded = { ...reactionCodec.encode(reaction, registry), parameters }
  expect(reactionCodec.decode(encoded, registry)).toEqual(reaction)
  const digits = { type: reactionType, parameters, content: toUtf8('1') }
  expect(reactionCodec.decode(digits, registry)).toEqual({ ...reaction, content: '1' })
})

test('reaction in protobuf shows content of a schema nobody knows', () => {
  const content = Uint8Array.of(0x0a, 1, 0x61, 0x18, 2, 0x22, 1, 0x78, 0x28, 9)
  expect(reactionV2Codec.decode({ type: reactionType, parameters: {}, content }, registry)).toEqual(
    {
      action: 'removed',
      reference: 'a',
      schema: 'custom',
      content: 'x',
    },
  )
})

test('actions and intents are read in the first native form too', () => {
  const decode = (codec: ContentCodec, json: string) =>
    codec.decode({ type: textType, parameters: {}, content: toUtf8(json) }, registry)
  expect(
    decode(
      actionsCodec,
      '{"id":"a","description":"d","actions":[{"id":"x","label":"l","image_url":"u","style":null,"expires_at":"t"}],"expires_at":null}',
    ),
  ).toEqual({
    id: 'a',
    description: 'd',
    actions: [{ id: 'x', label: 'l', imageUrl: 'u', expiresAt: 't' }],
  })
  expect(decode(intentCodec, '{"id":"a","action_id":"x","metadata":null}')).toEqual({
    id: 'a',
    actionId: 'x',
  })
})

test('actions are written only when a reader can choose among them', () => {
  const button = { id: 'x', label: 'l' }
  for (const wrong of [
    [],
    [button, button],
    Array.from({ length: 11 }, (_, i) => ({ id: `${i}`, label: '' })),
  ]) {
    expect(() => actionsCodec.encode({ ...actions, actions: wrong }, registry)).toThrow(
      expect.objectContaining({ code: 'content/malformed' }),
    )
  }
})

test.each([
  ['an attachment without a name', attachmentCodec, { mimeType: 'a/b' }, { filename: '' }],
  [
    'a remote attachment of the first form',
    remoteStaticAttachmentCodec,
    firstForm,
    { url: 'https://a' },
  ],
  ['a length of -1', remoteStaticAttachmentCodec, { ...firstForm, contentLength: '-1' }, {}],
  ['a length of null', remoteStaticAttachmentCodec, { ...firstForm, contentLength: 'null' }, {}],
])('%s is read', (_, codec, parameters, wanted) => {
  const encoded = { type: codec.contentType, parameters, content: toUtf8('https://a') }
  const read = codec.decode(encoded, registry)
  expect(read).toMatchObject(wanted)
  expect(read).not.toHaveProperty('contentLength')
})

test('remote attachments are written for https, and for http on this machine', () => {
  const encode = (url: string) => remoteStaticAttachmentCodec.encode({ ...remote, url }, registry)
  expect(encode('http://127.0.0.1:80/x').content).toEqual(toUtf8('http://127.0.0.1:80/x'))
  const withHttp = { ...encode('https://a'), content: toUtf8('http://example.org') }
  expect(remoteStaticAttachmentCodec.decode(withHttp, registry).url).toBe('http://example.org')
})
