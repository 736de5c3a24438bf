// xmtp.org/deleteMessage:1.0 (XIP-76): asks readers to show an earlier message no more. Whether its sender may
// ask that is for the reader to check; nothing makes another client forget.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { badField } from './fields.ts'
import { readProtobuf, textIn, writeProtobuf } from './protobuf.ts'

/** The id of the message that is to disappear. */
export type DeleteMessage = { readonly messageId: string }

/** `xmtp.org/deleteMessage:1.0`. */
export const deleteMessageType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'deleteMessage',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of deletions. Decoding throws `content/malformed` or `bytes/not-utf8`. */
export const deleteMessageCodec: ContentCodec<DeleteMessage> = {
  contentType: deleteMessageType,
  encode: ({ messageId }) => ({
    type: deleteMessageType,
    parameters: {},
    content: writeProtobuf([[1, messageId]]),
  }),
  decode: ({ content }) => ({ messageId: requireMessageId(textIn(readProtobuf(content), 1)) }),
  fallback: () => 'Deleted an earlier message',
  shouldPush: () => false,
}

/**
 * An id that a message can have.
 *
 * @throws CodecError `content/malformed`
 */
export function requireMessageId(id: string | undefined): string {
  if (id === undefined || id === '') throw badField('messageId', 'the id of a message')
  return id
}
