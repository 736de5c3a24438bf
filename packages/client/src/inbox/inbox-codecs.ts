// The codecs of an inbox: those of its client, and those whose content bears on other messages, which it has to
// understand whatever the application shows.

import {
  type CodecRegistry,
  type ContentCodec,
  type ContentTypeId,
  codecRegistry,
  deleteMessageCodec,
  deleteMessageType,
  editMessageCodec,
  editMessageType,
  reactionCodec,
  reactionType,
  reactionV2Codec,
  readReceiptCodec,
  readReceiptType,
  replyCodec,
  sameContentType,
  typingCodec,
  typingType,
} from '@posthorn/content'

const own: readonly ContentCodec[] = [
  replyCodec,
  reactionCodec,
  reactionV2Codec,
  readReceiptCodec,
  editMessageCodec,
  deleteMessageCodec,
  typingCodec,
] as readonly ContentCodec[]

const quietTypes = [reactionType, readReceiptType, editMessageType, deleteMessageType, typingType]

/** A registry of the client's codecs and the inbox's own, which come second. */
export function inboxCodecs(client: CodecRegistry): CodecRegistry {
  const second = codecRegistry(own)
  return { depth: 0, codecFor: (type) => client.codecFor(type) ?? second.codecFor(type) }
}

/** Whether content of a type is about other messages, and no message to be read itself. */
export function isQuietType(type: ContentTypeId): boolean {
  return quietTypes.some((each) => sameContentType(each, type))
}
