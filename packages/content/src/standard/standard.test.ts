import { fromHex, toHex } from '@posthorn/bytes'
import { expect, test } from 'vitest'
import type { ContentCodec } from '../codec.ts'
import { codecRegistry } from '../codec-registry.ts'
import { standardCodecs } from '../standard-codecs.ts'
import { encodeContent } from '../translate.ts'
import { actionsCodec } from './actions.ts'
import { attachmentCodec, attachmentType } from './attachment.ts'
import { compositeCodec } from './composite.ts'
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
import { replyCodec, replyType } from './reply.ts'
import {
  actions,
  change,
  file,
  noChanges,
  reaction,
  registry,
  remote,
  reply,
  request,
  transaction,
  updated,
} from './test-support.ts'
import { textCodec, textType } from './text.ts'
import { transactionReferenceCodec } from './transaction-reference.ts'
import { typingCodec, typingType } from './typing.ts'
import { walletSendCallsCodec } from './wallet-send-calls.ts'

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

function multiOf(contentLength: number): Uint8Array {
  const attachments = [{ ...remote, contentLength }]
  return multiRemoteAttachmentCodec.encode({ attachments }, registry).content
}
