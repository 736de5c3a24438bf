import { fromHex, toHex, toUtf8 } from '@posthorn/bytes'
import { expect, test } from 'vitest'
import type { ContentCodec } from '../codec.ts'
import { codecRegistry, maxNestedDepth } from '../codec-registry.ts'
import { type EncodedContent, encodeEncodedContent } from '../encoded-content.ts'
import { standardCodecs } from '../standard-codecs.ts'
import { encodeContent } from '../translate.ts'
import { actionsCodec } from './actions.ts'
import { attachmentCodec, attachmentType } from './attachment.ts'
import { type CompositePart, compositeCodec } from './composite.ts'
import { deleteMessageCodec } from './delete-message.ts'
import { editMessageCodec } from './edit-message.ts'
import { groupMembershipChangeCodec } from './group-membership-change.ts'
import { groupUpdatedCodec } from './group-updated.ts'
import { intentCodec } from './intent.ts'
import { leaveRequestCodec } from './leave-request.ts'
import { markdownCodec } from './markdown.ts'
import { multiRemoteAttachmentCodec } from './multi-remote-attachment.ts'
import { reactionCodec, reactionType } from './reaction.ts'
import { reactionV2Codec } from './reaction-v2.ts'
import { readReceiptCodec } from './read-receipt.ts'
import { remoteStaticAttachmentCodec } from './remote-static-attachment.ts'
import { type Reply, replyCodec, replyType } from './reply.ts'
import { textCodec, textType } from './text.ts'
import { transactionReferenceCodec } from './transaction-reference.ts'
import { typingCodec, typingType } from './typing.ts'
import { walletSendCallsCodec } from './wallet-send-calls.ts'

const registry = codecRegistry(standardCodecs)

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

const reply = { reference: 'ab', contentType: textType, content: 'yes' }
const change = {
  installationIds: [Uint8Array.of(1)],
  accountAddress: 'a',
  initiatedByAccountAddress: 'b',
}
const updated = {
  initiatedByInboxId: 'i',
  addedInboxes: [{ inboxId: 'a' }, { inboxId: '' }],
  removedInboxes: [{ inboxId: 'r' }],
  metadataFieldChanges: [{ fieldName: 'name', oldValue: '', newValue: 'n' }, { fieldName: 'x' }],
  leftInboxes: [{ inboxId: 'l' }],
  addedAdminInboxes: [{ inboxId: '1' }],
  removedAdminInboxes: [{ inboxId: '2' }],
  addedSuperAdminInboxes: [{ inboxId: '3' }],
  removedSuperAdminInboxes: [{ inboxId: '4' }],
}

const noChanges = {
  membersAdded: [],
  membersRemoved: [],
  installationsAdded: [],
  installationsRemoved: [],
}
const transaction = {
  namespace: 'eip155',
  networkId: 1,
  reference: '0xab',
  metadata: { amount: 1 },
}
const request = {
  version: '1',
  chainId: '0x1',
  from: '0xab',
  calls: [{ to: '0xcd', value: '0x0', metadata: { description: 'd' } }, {}],
  capabilities: { paymasterService: { url: 'x' } },
}
const actions = {
  id: 'a',
  description: 'd',
  actions: [
    { id: 'x', label: 'l', imageUrl: 'https://a', style: 'danger' as const, expiresAt: 't' },
  ],
  expiresAt: 't',
}
const firstForm = {
  contentDigest: '0'.repeat(64),
  salt: '1'.repeat(64),
  nonce: '2'.repeat(24),
  secret: '3'.repeat(64),
  scheme: 'https://',
}

test.each<[string, ContentCodec, unknown]>([
  ['text', textCodec as ContentCodec, '\uFEFFhi'],
  ['markdown', markdownCodec as ContentCodec, '**hi**'],
  ['reaction', reactionCodec, reaction],
  ['reaction with an inbox', reactionCodec, { ...reaction, referenceInboxId: 'i' }],
  ['reaction in protobuf', reactionV2Codec, { ...reaction, referenceInboxId: 'i' }],
  ['reply', replyCodec, reply],
  [
    'reply with a file',
    replyCodec,
    { reference: 'ab', referenceInboxId: 'i', contentType: attachmentType, content: file },
  ],
  ['edit', editMessageCodec, { messageId: 'ab', contentType: textType, content: 'better' }],
  ['edit of a reply', editMessageCodec, { messageId: 'a', contentType: replyType, content: reply }],
  ['deletion', deleteMessageCodec, { messageId: 'ab' }],
  ['typing', typingCodec, { isTyping: true }],
  ['read receipt', readReceiptCodec, {}],
  ['attachment', attachmentCodec, file],
  ['remote attachment', remoteStaticAttachmentCodec, remote],
  ['remote attachments', multiRemoteAttachmentCodec, { attachments: [remote, remote] }],
  ['transaction reference', transactionReferenceCodec, transaction],
  ['transaction request', walletSendCallsCodec, request],
  ['actions', actionsCodec, actions],
  ['intent', intentCodec, { id: 'a', actionId: 'x', metadata: { amount: 1 } }],
  ['group change', groupUpdatedCodec, updated],
  [
    'membership change',
    groupMembershipChangeCodec,
    {
      membersAdded: [change],
      membersRemoved: [],
      installationsAdded: [change, change],
      installationsRemoved: [change],
    },
  ],
  ['leave request', leaveRequestCodec, {}],
  ['leave request with a note', leaveRequestCodec, { authenticatedNote: Uint8Array.of(1) }],
  [
    'composite',
    compositeCodec,
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

// Bytes that the published definitions of these types make; no package writes them in JavaScript.
test.each<[string, ContentCodec, unknown, string]>([
  ['deleteMessage', deleteMessageCodec, { messageId: 'ab' }, '0a026162'],
  [
    'editMessage',
    editMessageCodec,
    { messageId: 'ab', contentType: textType, content: 'hi' },
    '0a026162122b0a120a08786d74702e6f7267120474657874180112110a08656e636f64696e6712055554462d3822026869',
  ],
  ['leave_request', leaveRequestCodec, { authenticatedNote: Uint8Array.of(7) }, '0a0107'],
  ['typing_indicator', typingCodec, { isTyping: false }, '7b226973547970696e67223a66616c73657d'],
  [
    'group_membership_change',
    groupMembershipChangeCodec,
    { ...noChanges, membersAdded: [change] },
    '0a090a01011201611a0162',
  ],
])('%s is written as defined', (_, codec, content, hex) => {
  expect(toHex(codec.encode(content, registry).content)).toBe(hex)
})

test('codecs of two major versions stand side by side', () => {
  const codecOf = (versionMajor: number) => registry.codecFor({ ...reactionType, versionMajor })
  expect([codecOf(0), codecOf(1), codecOf(2), codecOf(3)]).toEqual([
    reactionCodec,
    reactionCodec,
    reactionV2Codec,
    undefined,
  ])
})

test('of two codecs for one version the later counts', () => {
  const own: ContentCodec = { ...(textCodec as ContentCodec), fallback: () => 'own' }
  expect(codecRegistry([own]).codecFor(textType)).toBe(own)
  const newer: ContentCodec = { ...own, contentType: { ...textType, versionMinor: 9 } }
  expect(codecRegistry([newer, own]).codecFor(textType)).toBe(own)
})

test('a reply writes nothing for an empty inbox id', () => {
  const { parameters } = replyCodec.encode({ ...reply, referenceInboxId: '' }, registry)
  expect(parameters).toEqual({ contentType: 'xmtp.org/text:1.0', reference: 'ab' })
})

test.each([
  ['a deletion of a message without id', deleteMessageCodec, fromHex('0a00')],
  ['an edit of a message without id', editMessageCodec, fromHex('12040a020a00')],
  ['remote attachments of 4 GiB', multiRemoteAttachmentCodec, multiOf(2 ** 32)],
])('%s is malformed', (_, codec, content) => {
  const encoded = { type: codec.contentType, parameters: {}, content }
  expect(() => codec.decode(encoded, registry)).toThrow(
    expect.objectContaining({ code: 'content/malformed' }),
  )
})

test('remote attachments just below 4 GiB are read', () => {
  const contentLength = 2 ** 32 - 1
  const encoded = { type: textType, parameters: {}, content: multiOf(contentLength) }
  expect(multiRemoteAttachmentCodec.decode(encoded, registry)).toMatchObject({
    attachments: [{ contentLength }],
  })
})

test('only typing is ephemeral', async () => {
  const ephemeral = standardCodecs.filter(({ isEphemeral }) => isEphemeral)
  expect(ephemeral).toEqual([typingCodec])
  const sent = await encodeContent(registry, { isTyping: true }, { contentType: typingType })
  expect(sent).toMatchObject({ isEphemeral: true, shouldPush: false })
  expect((await encodeContent(registry, 'hi')).isEphemeral).toBe(false)
})

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

test.each<[ContentCodec, unknown, string | undefined]>([
  [
    replyCodec,
    { reference: '', contentType: textType, content: 'x' },
    'Replied with “x” to an earlier message',
  ],
  [
    replyCodec,
    { reference: '', contentType: attachmentType, content: file },
    'Replied to an earlier message',
  ],
  [reactionCodec, { ...reaction, action: 'removed' }, 'Removed “👍” from an earlier message'],
  [reactionV2Codec, reaction, 'Reacted with "👍" to an earlier message'],
  [attachmentCodec, file, 'Can’t display "a.txt". This app doesn’t support attachments.'],
  [
    remoteStaticAttachmentCodec,
    firstForm,
    'Can’t display this content. This app doesn’t support attachments.',
  ],
  [
    multiRemoteAttachmentCodec,
    { attachments: [] },
    "Can't display this content. This app doesn't support multiple remote attachments.",
  ],
  [
    transactionReferenceCodec,
    { networkId: 1, reference: '0xab' },
    '[Crypto transaction] Use a blockchain explorer to learn more using the transaction hash: 0xab',
  ],
  [transactionReferenceCodec, { networkId: 1, reference: '' }, 'Crypto transaction'],
  [walletSendCallsCodec, { version: '1' }, '[Transaction request generated]: {"version":"1"}'],
  [
    editMessageCodec,
    { messageId: '', contentType: textType, content: 'x' },
    'Edited an earlier message: “x”',
  ],
  [
    editMessageCodec,
    { messageId: '', contentType: attachmentType, content: file },
    'Edited an earlier message',
  ],
  [deleteMessageCodec, { messageId: '' }, 'Deleted an earlier message'],
  [typingCodec, { isTyping: true }, 'Typing…'],
  [typingCodec, { isTyping: false }, 'Stopped typing'],
  [actionsCodec, actions, 'd\n\n[1] l\n\nReply with the number to select'],
  [intentCodec, { id: '', actionId: 'x' }, 'User selected action: x'],
  [leaveRequestCodec, {}, 'A member has requested leaving the group'],
  [groupUpdatedCodec, updated, undefined],
])('what old clients show: %#', (codec, content, text) => {
  expect(codec.fallback(content)).toBe(text)
})

function multiOf(contentLength: number): Uint8Array {
  const attachments = [{ ...remote, contentLength }]
  return multiRemoteAttachmentCodec.encode({ attachments }, registry).content
}
