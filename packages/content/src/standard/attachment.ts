// xmtp.org/attachment:1.0: a small file inside the message.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { fileFallback } from '../fallback.ts'
import { optionalTextField, textField } from './fields.ts'

/** A file that fits into a message. Its name and kind come from the peer: see {@link safeFileName}. */
export type Attachment = {
  readonly filename: string
  readonly mimeType: string
  readonly data: Uint8Array
}

/** `xmtp.org/attachment:1.0`. */
export const attachmentType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'attachment',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of attachments. Decoding throws `content/malformed`. */
export const attachmentCodec: ContentCodec<Attachment> = {
  contentType: attachmentType,
  encode: ({ filename, mimeType, data }) => ({
    type: attachmentType,
    parameters: { filename, mimeType },
    content: data,
  }),
  decode: ({ parameters, content }) => ({
    // V3 SDKs leave out a name that is not there.
    filename: optionalTextField(parameters, 'filename') ?? '',
    mimeType: textField(parameters, 'mimeType'),
    data: content,
  }),
  fallback: ({ filename }) => fileFallback(filename),
  shouldPush: () => true,
}
