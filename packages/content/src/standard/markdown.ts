// xmtp.org/markdown:1.0: text to be shown with its markup. It comes from the peer: render it without HTML.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { textCodec } from './text.ts'

/** `xmtp.org/markdown:1.0`. */
export const markdownType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'markdown',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of Markdown. Decoding throws `content/unknown-encoding` or `bytes/not-utf8`. */
export const markdownCodec: ContentCodec<string> = {
  contentType: markdownType,
  encode: (content, registry) => ({ ...textCodec.encode(content, registry), type: markdownType }),
  decode: (encoded, registry) => textCodec.decode(encoded, registry),
  fallback: () => undefined,
  shouldPush: () => true,
}
