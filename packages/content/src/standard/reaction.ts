// xmtp.org/reaction:1.0: an emoji on an earlier message.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { choiceField, type Fields, jsonFields, optionalTextField, textField } from './fields.ts'

const actions = ['added', 'removed'] as const
const schemas = ['unicode', 'shortcode', 'custom'] as const

/** A reaction to the message whose id is `reference`. */
export type Reaction = {
  readonly action: (typeof actions)[number]
  readonly reference: string
  readonly referenceInboxId?: string
  /** What `content` is: an emoji, its short name, or the application's own. */
  readonly schema: (typeof schemas)[number]
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
    content: toUtf8(JSON.stringify(reactionOf(reaction, reaction.content))),
  }),
  decode: ({ parameters, content }) => {
    // The first form had the fields as parameters and the bare text as content.
    if (parameters['action'] !== undefined) return reactionOf(parameters, fromUtf8(content))
    const fields = jsonFields(content)
    return reactionOf(fields, textField(fields, 'content'))
  },
  fallback: ({ action, content }) =>
    action === 'added'
      ? `Reacted “${content}” to an earlier message`
      : `Removed “${content}” from an earlier message`,
  shouldPush: () => false,
}

function reactionOf(fields: Fields, content: string): Reaction {
  const referenceInboxId = optionalTextField(fields, 'referenceInboxId')
  return {
    action: choiceField(fields, 'action', actions),
    reference: textField(fields, 'reference'),
    ...(referenceInboxId === undefined ? {} : { referenceInboxId }),
    schema: choiceField(fields, 'schema', schemas),
    content,
  }
}
