// Every codec of this package at once. Bundlers drop the array, and what it names, where it is not imported.

import type { ContentCodec } from './codec.ts'
import { actionsCodec } from './standard/actions.ts'
import { attachmentCodec } from './standard/attachment.ts'
import { compositeCodec } from './standard/composite.ts'
import { deleteMessageCodec } from './standard/delete-message.ts'
import { editMessageCodec } from './standard/edit-message.ts'
import { groupMembershipChangeCodec } from './standard/group-membership-change.ts'
import { groupUpdatedCodec } from './standard/group-updated.ts'
import { intentCodec } from './standard/intent.ts'
import { leaveRequestCodec } from './standard/leave-request.ts'
import { markdownCodec } from './standard/markdown.ts'
import { multiRemoteAttachmentCodec } from './standard/multi-remote-attachment.ts'
import { reactionCodec } from './standard/reaction.ts'
import { reactionV2Codec } from './standard/reaction-v2.ts'
import { readReceiptCodec } from './standard/read-receipt.ts'
import { remoteStaticAttachmentCodec } from './standard/remote-static-attachment.ts'
import { replyCodec } from './standard/reply.ts'
import { textCodec } from './standard/text.ts'
import { transactionReferenceCodec } from './standard/transaction-reference.ts'
import { typingCodec } from './standard/typing.ts'
import { walletSendCallsCodec } from './standard/wallet-send-calls.ts'

/** All codecs of this package, for {@link codecRegistry}. */
export const standardCodecs: readonly ContentCodec[] = [
  textCodec as ContentCodec,
  markdownCodec as ContentCodec,
  attachmentCodec,
  remoteStaticAttachmentCodec,
  multiRemoteAttachmentCodec,
  reactionCodec,
  reactionV2Codec,
  replyCodec,
  readReceiptCodec,
  editMessageCodec,
  deleteMessageCodec,
  typingCodec,
  transactionReferenceCodec,
  walletSendCallsCodec,
  actionsCodec,
  intentCodec,
  groupUpdatedCodec,
  groupMembershipChangeCodec,
  leaveRequestCodec,
  compositeCodec,
] as readonly ContentCodec[]
