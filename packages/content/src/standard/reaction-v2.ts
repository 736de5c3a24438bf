// xmtp.org/reaction:2.0: the same as 1.0, written as protobuf by today's V3 SDKs.
// Readers of 1.0 show its fallback, so send 1.0 unless all readers are known.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { badField, defined } from './fields.ts'
import { numberIn, readProtobuf, textIn, unlessEmpty, writeProtobuf } from './protobuf.ts'
import { type Reaction, reactionActions, reactionSchemas } from './reaction.ts'

/** `xmtp.org/reaction:2.0`. */
export const reactionV2Type: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'reaction',
  versionMajor: 2,
  versionMinor: 0,
}

/** Codec of reactions in protobuf; stands beside that of 1.0. Decoding throws `content/malformed` or `bytes/not-utf8`. */
export const reactionV2Codec: ContentCodec<Reaction> = {
  contentType: reactionV2Type,
  encode: ({ reference, referenceInboxId, action, content, schema }) => ({
    type: reactionV2Type,
    parameters: {},
    content: writeProtobuf([
      [1, unlessEmpty(reference)],
      [2, unlessEmpty(referenceInboxId)],
      [3, 1 + reactionActions.indexOf(action)],
      [4, unlessEmpty(content)],
      [5, 1 + reactionSchemas.indexOf(schema)],
    ]),
  }),
  decode: (encoded) => {
    const message = readProtobuf(encoded.content)
    return defined({
      action: actionOf(numberIn(message, 3)),
      reference: textIn(message, 1) ?? '',
      referenceInboxId: unlessEmpty(textIn(message, 2)),
      // V3 SDKs also write that they do not know; the content is shown all the same.
      schema: reactionSchemas[numberIn(message, 5) - 1] ?? 'custom',
      content: textIn(message, 4) ?? '',
    })
  },
  fallback: ({ action, content }) =>
    action === 'added'
      ? `Reacted with "${content}" to an earlier message`
      : `Removed "${content}" from an earlier message`,
  shouldPush: () => false,
}

function actionOf(number: number): Reaction['action'] {
  const action = reactionActions[number - 1]
  if (action === undefined) throw badField('action', '1 (added) or 2 (removed)')
  return action
}
