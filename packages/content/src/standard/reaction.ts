// xmtp.org/reaction:1.0: an emoji on an earlier message.

import { fromUtf8 } from '@posthorn/bytes'
import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import {
  choiceField,
  defined,
  type Fields,
  jsonBytes,
  jsonFields,
  optionalTextField,
  textField,
} from './fields.ts'

/** What a reaction does, in the order of their numbers in `reaction:2.0`. */
export const reactionActions = ['added', 'removed'] as const
/** What the content of a reaction is, in the order of their numbers in `reaction:2.0`. */
export const reactionSchemas = ['unicode', 'shortcode', 'custom'] as const

/** A reaction to the message whose id is `reference`. */
export type Reaction = {
  readonly action: (typeof reactionActions)[number]
  readonly reference: string
  readonly referenceInboxId?: string
  /** What `content` is: an emoji, its short name, or the application's own. */
  readonly schema: (typeof reactionSchemas)[number]
  readonly content: string
}

/** `xmtp.org/reaction:1.0`. */
export const reactionType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'reaction',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of reactions. Decoding throws `content/malformed` or `bytes/not-utf8`. */
export const reactionCodec: ContentCodec<Reaction> = {
  contentType: reactionType,
  encode: (reaction) => ({
    type: reactionType,
    parameters: {},
    content: jsonBytes(reactionOf(reaction, reaction.content)),
  }),
  decode: ({ parameters, content }) => {
    // The first form had the fields as parameters and the bare text as content. The published codec takes
    // that form only for content that is no JSON, so it loses such a reaction whose text is a number.
    if (parameters['action'] !== undefined && !startsLikeObject(content)) {
      return reactionOf(parameters, fromUtf8(content))
    }
    const fields = jsonFields(content)
    return reactionOf(fields, textField(fields, 'content'))
  },
  fallback: ({ action, content }) =>
    action === 'added'
      ? `Reacted “${content}” to an earlier message`
      : `Removed “${content}” from an earlier message`,
  shouldPush: () => false,
}

function startsLikeObject(content: Uint8Array): boolean {
  return content[0] === '{'.charCodeAt(0)
}

function reactionOf(fields: Fields, content: string): Reaction {
  return defined({
    action: choiceField(fields, 'action', reactionActions),
    reference: textField(fields, 'reference'),
    referenceInboxId: optionalTextField(fields, 'referenceInboxId'),
    schema: choiceField(fields, 'schema', reactionSchemas),
    content,
  })
}
