export type { CodecRegistry, ContentCodec } from './codec.ts'
export { codecRegistry, decodeNested, encodeNested, maxNestedDepth } from './codec-registry.ts'
export {
  type Compressor,
  defaultMaxDecompressedBytes,
  maxCompressedContentForV2PeersBytes,
  minCompressedContentBytes,
  webCompressor,
} from './compression.ts'
export { contentOf } from './content-of.ts'
export {
  type ContentTypeId,
  equalContentTypes,
  formatContentType,
  parseContentType,
  sameContentType,
} from './content-type.ts'
export {
  type CompressionMethod,
  decodeEncodedContent,
  type EncodedContent,
  encodeEncodedContent,
} from './encoded-content.ts'
export type {
  AttachmentStorage,
  DownloadOptions,
  TransferOptions,
  TransferProgress,
} from './remote/attachment-storage.ts'
export {
  createHttpAttachmentStorage,
  type HttpAttachmentStorageOptions,
} from './remote/http-storage.ts'
export { createMemoryAttachmentStorage } from './remote/memory-storage.ts'
export {
  type AttachmentCrypto,
  type AttachmentKey,
  openAttachment,
  type SealedAttachment,
  sealAttachment,
} from './remote/seal-attachment.ts'
export {
  type AttachmentServices,
  type DownloadAttachmentOptions,
  defaultMaxAttachmentBytes,
  downloadAttachment,
  downloadContent,
  uploadAttachment,
} from './remote/transfer-attachment.ts'
export { maxFileNameBytes, safeFileName, safeMimeType } from './safe-names.ts'
export { type Action, type Actions, actionsCodec, actionsType } from './standard/actions.ts'
export { type Attachment, attachmentCodec, attachmentType } from './standard/attachment.ts'
export {
  type Composite,
  type CompositePart,
  compositeCodec,
  compositeType,
  maxCompositeParts,
} from './standard/composite.ts'
export {
  type DeleteMessage,
  deleteMessageCodec,
  deleteMessageType,
} from './standard/delete-message.ts'
export { type EditMessage, editMessageCodec, editMessageType } from './standard/edit-message.ts'
export {
  type GroupMembershipChange,
  groupMembershipChangeCodec,
  groupMembershipChangeType,
  type MembershipChange,
} from './standard/group-membership-change.ts'
export {
  type GroupUpdated,
  groupUpdatedCodec,
  groupUpdatedType,
  type MetadataFieldChange,
  type UpdatedInbox,
} from './standard/group-updated.ts'
export { type Intent, intentCodec, intentType } from './standard/intent.ts'
export { type LeaveRequest, leaveRequestCodec, leaveRequestType } from './standard/leave-request.ts'
export { markdownCodec, markdownType } from './standard/markdown.ts'
export {
  type MultiRemoteAttachment,
  multiRemoteAttachmentCodec,
  multiRemoteAttachmentType,
} from './standard/multi-remote-attachment.ts'
export { type Reaction, reactionCodec, reactionType } from './standard/reaction.ts'
export { reactionV2Codec, reactionV2Type } from './standard/reaction-v2.ts'
export { type ReadReceipt, readReceiptCodec, readReceiptType } from './standard/read-receipt.ts'
export {
  type RemoteStaticAttachment,
  remoteStaticAttachmentCodec,
  remoteStaticAttachmentType,
} from './standard/remote-static-attachment.ts'
export { type Reply, replyCodec, replyType } from './standard/reply.ts'
export { textCodec, textType } from './standard/text.ts'
export {
  type TransactionReference,
  transactionReferenceCodec,
  transactionReferenceType,
} from './standard/transaction-reference.ts'
export { type Typing, typingCodec, typingType } from './standard/typing.ts'
export {
  type WalletCall,
  type WalletSendCalls,
  walletSendCallsCodec,
  walletSendCallsType,
} from './standard/wallet-send-calls.ts'
export { standardCodecs } from './standard-codecs.ts'
export {
  type DecodeOptions,
  decodeContent,
  type EncodeOptions,
  encodeContent,
  type IncomingContent,
  type OutgoingContent,
} from './translate.ts'
