// Every standard codec, by the type names that vectors use.

import {
  attachmentCodec,
  type CodecRegistry,
  type ContentCodec,
  codecRegistry,
  compositeCodec,
  reactionCodec,
  readReceiptCodec,
  remoteStaticAttachmentCodec,
  replyCodec,
  transactionReferenceCodec,
} from '@posthorn/content'

/** A registry of all standard codecs. */
export const standardCodecs: CodecRegistry = codecRegistry([
  attachmentCodec,
  compositeCodec,
  reactionCodec,
  readReceiptCodec,
  remoteStaticAttachmentCodec,
  replyCodec,
  transactionReferenceCodec,
] as readonly ContentCodec[])
