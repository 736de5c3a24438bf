// Content that is encoded already, on its way through our client: this package keeps its own codecs, which may
// be registered at any time, and hands over what they made.

import type { ContentCodec, ContentTypeId, EncodedContent } from '@posthorn/content'
import { textCodec, textType } from '@posthorn/content'

/** Encoded content, and whether the receiver's phone should ring. */
export type HandedContent = { readonly encoded: EncodedContent; readonly shouldPush: boolean }

/** Never on the wire: content goes out under the type of what was handed over. */
export const handedType: ContentTypeId = {
  ...textType,
  authorityId: 'posthorn',
  typeId: 'handed-content',
}

const handedCodec: ContentCodec<HandedContent> = {
  contentType: handedType,
  encode: ({ encoded }) => encoded,
  decode: (encoded) => ({ encoded, shouldPush: false }),
  fallback: () => undefined,
  shouldPush: ({ shouldPush }) => shouldPush,
}

// Our client would find fault with text that published readers show; the codec of this package decides.
const unreadText: ContentCodec = {
  ...textCodec,
  encode: textCodec.encode as ContentCodec['encode'],
  fallback: () => undefined,
  shouldPush: () => true,
  decode: () => '',
}

/** The codecs that our client is given: content passes through it both ways. */
export const passingCodecs: readonly ContentCodec[] = [handedCodec as ContentCodec, unreadText]
