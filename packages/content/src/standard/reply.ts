// xmtp.org/reply:1.0: content of any other type, said in answer to an earlier message.

import type { ContentCodec } from '../codec.ts'
import { decodeNested, encodeNested } from '../codec-registry.ts'
import { type ContentTypeId, formatContentType } from '../content-type.ts'
import { decodeEncodedContent, encodeEncodedContent } from '../encoded-content.ts'
import { optionalTextField, textField } from './fields.ts'

/** A reply to the message whose id is `reference`. */
export type Reply = {
  readonly reference: string
  readonly referenceInboxId?: string
  readonly contentType: ContentTypeId
  readonly content: unknown
}

/** `xmtp.org/reply:1.0`. */
export const replyType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'reply',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of replies. Decoding throws when the inner content cannot be decoded. */
export const replyCodec: ContentCodec<Reply> = {
  contentType: replyType,
  encode: ({ reference, referenceInboxId, contentType, content }, registry) => ({
    type: replyType,
    parameters: {
      contentType: formatContentType(contentType),
      reference,
      // As published codecs do, nothing is written for an empty id.
      ...(referenceInboxId ? { referenceInboxId } : {}),
    },
    content: encodeEncodedContent(encodeNested(contentType, content, registry)),
  }),
  decode: ({ parameters, content }, registry) => {
    const inner = decodeEncodedContent(content)
    const referenceInboxId = optionalTextField(parameters, 'referenceInboxId')
    return {
      reference: textField(parameters, 'reference'),
      ...(referenceInboxId === undefined ? {} : { referenceInboxId }),
      contentType: inner.type,
      content: decodeNested(inner, registry),
    }
  },
  fallback: ({ content }) =>
    typeof content === 'string'
      ? `Replied with “${content}” to an earlier message`
      : 'Replied to an earlier message',
  shouldPush: () => true,
}
