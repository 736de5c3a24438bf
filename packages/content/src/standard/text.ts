// xmtp.org/text:1.0: plain text, and the only codec that is always registered.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'
import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'

/** `xmtp.org/text:1.0`. */
export const textType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'text',
  versionMajor: 1,
  versionMinor: 0,
}

/**
 * Codec of plain text. Decoding throws `content/unknown-encoding` or `bytes/not-utf8`.
 *
 * Published codecs put U+FFFD where the bytes are not UTF-8, and drop a leading U+FEFF; here the first is
 * an error, because what is shown must be what was sent, and the second stays.
 */
export const textCodec: ContentCodec<string> = {
  contentType: textType,
  encode: (content) => ({
    type: textType,
    parameters: { encoding: 'UTF-8' },
    content: toUtf8(content),
  }),
  decode: (encoded) => {
    if (encoded.parameters['encoding'] !== 'UTF-8') {
      throw new CodecError(
        'content/unknown-encoding',
        'Decode text: expected the parameter encoding=UTF-8',
      )
    }
    return fromUtf8(encoded.content)
  },
  fallback: () => undefined,
  shouldPush: () => true,
}
