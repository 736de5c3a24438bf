export type { CodecRegistry, ContentCodec } from './codec.ts'
export { codecRegistry, decodeNested, encodeNested, maxNestedDepth } from './codec-registry.ts'
export {
  type Compressor,
  defaultMaxDecompressedBytes,
  maxCompressedContentForV2PeersBytes,
  minCompressedContentBytes,
  webCompressor,
} from './compression.ts'
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
export { type Attachment, attachmentCodec, attachmentType } from './standard/attachment.ts'
export {
  type Composite,
  type CompositePart,
  compositeCodec,
  compositeType,
} from './standard/composite.ts'
export { type Reaction, reactionCodec, reactionType } from './standard/reaction.ts'
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
export {
  type DecodeOptions,
  decodeContent,
  type EncodeOptions,
  encodeContent,
  type IncomingContent,
  type OutgoingContent,
} from './translate.ts'
