import { expect, test } from 'vitest'
import type { ContentCodec } from '../codec.ts'
import { actionsCodec } from './actions.ts'
import { attachmentCodec, attachmentType } from './attachment.ts'
import { deleteMessageCodec } from './delete-message.ts'
import { editMessageCodec } from './edit-message.ts'
import { groupUpdatedCodec } from './group-updated.ts'
import { intentCodec } from './intent.ts'
import { leaveRequestCodec } from './leave-request.ts'
import { multiRemoteAttachmentCodec } from './multi-remote-attachment.ts'
import { reactionCodec } from './reaction.ts'
import { reactionV2Codec } from './reaction-v2.ts'
import { remoteStaticAttachmentCodec } from './remote-static-attachment.ts'
import { replyCodec } from './reply.ts'
import { actions, file, firstForm, reaction, updated } from './test-support.ts'
import { textType } from './text.ts'
import { transactionReferenceCodec } from './transaction-reference.ts'
import { typingCodec } from './typing.ts'
import { walletSendCallsCodec } from './wallet-send-calls.ts'

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
