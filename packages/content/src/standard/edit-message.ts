// xmtp.org/editMessage:1.0: other content in place of an earlier message's. The type id and the message are those
// of the published protobuf definitions, beside which XIP-77 weighs a parameter instead. Whether its sender may
// edit that message is for the reader to check.

import type { ContentCodec } from '../codec.ts'
import { decodeNested, encodeNested } from '../codec-registry.ts'
import type { ContentTypeId } from '../content-type.ts'
import { decodeEncodedContent, encodeEncodedContent } from '../encoded-content.ts'
import { requireMessageId } from './delete-message.ts'
import { badField } from './fields.ts'
import { bytesIn, readProtobuf, textIn, writeProtobuf } from './protobuf.ts'

/** New content for the message with id `messageId`. */
export type EditMessage = {
  readonly messageId: string
  /** Must be the type of the message that is edited. */
  readonly contentType: ContentTypeId
  readonly content: unknown
}

/** `xmtp.org/editMessage:1.0`. */
export const editMessageType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'editMessage',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of edits. Decoding throws when the new content cannot be decoded. */
export const editMessageCodec: ContentCodec<EditMessage> = {
  contentType: editMessageType,
  encode: ({ messageId, contentType, content }, registry) => ({
    type: editMessageType,
    parameters: {},
    content: writeProtobuf([
      [1, messageId],
      [2, encodeEncodedContent(encodeNested(contentType, content, registry))],
    ]),
  }),
  decode: (encoded, registry) => {
    const message = readProtobuf(encoded.content)
    const edited = bytesIn(message, 2)
    if (edited === undefined) throw badField('edited content', 'there')
    const inner = decodeEncodedContent(edited)
    return {
      messageId: requireMessageId(textIn(message, 1)),
      contentType: inner.type,
      content: decodeNested(inner, registry),
    }
  },
  fallback: ({ content }) =>
    typeof content === 'string'
      ? `Edited an earlier message: “${content}”`
      : 'Edited an earlier message',
  shouldPush: () => false,
}
