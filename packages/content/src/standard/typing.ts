// convos.org/typing_indicator:1.0: "I am writing". XMTP has no type of its own for it (XIP-65 only asks that it
// travel on ephemeral topics); this one is in use.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { badField, jsonBytes, jsonFields } from './fields.ts'

/** Whether the sender is writing at this moment. Let it lapse after some seconds: the end may get lost. */
export type Typing = { readonly isTyping: boolean }

/** `convos.org/typing_indicator:1.0`. */
export const typingType: ContentTypeId = {
  authorityId: 'convos.org',
  typeId: 'typing_indicator',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of typing notices. Decoding throws `content/malformed` or `bytes/not-utf8`. */
export const typingCodec: ContentCodec<Typing> = {
  contentType: typingType,
  isEphemeral: true,
  encode: ({ isTyping }) => ({
    type: typingType,
    parameters: {},
    content: jsonBytes({ isTyping }),
  }),
  decode: ({ content }) => {
    const { isTyping } = jsonFields(content)
    if (typeof isTyping !== 'boolean') throw badField('isTyping', 'true or false')
    return { isTyping }
  },
  fallback: ({ isTyping }) => (isTyping ? 'Typing…' : 'Stopped typing'),
  shouldPush: () => false,
}
