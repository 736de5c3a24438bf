// coinbase.com/intent:1.0: the button that a reader of actions chose.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import {
  defined,
  type Fields,
  jsonBytes,
  jsonFields,
  optionalObjectField,
  optionalTextField,
  textField,
} from './fields.ts'

/** A choice among {@link Actions}. */
export type Intent = {
  /** `id` of the actions. */
  readonly id: string
  /** `id` of the chosen action. */
  readonly actionId: string
  readonly metadata?: Fields
}

/** `coinbase.com/intent:1.0`. */
export const intentType: ContentTypeId = {
  authorityId: 'coinbase.com',
  typeId: 'intent',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of intents. Decoding throws `content/malformed` or `bytes/not-utf8`. */
export const intentCodec: ContentCodec<Intent> = {
  contentType: intentType,
  encode: (intent) => ({ type: intentType, parameters: {}, content: jsonBytes(intent) }),
  decode: ({ content }) => {
    const fields = jsonFields(content)
    return defined({
      id: textField(fields, 'id'),
      // The first native codecs wrote snake case.
      actionId: optionalTextField(fields, 'action_id') ?? textField(fields, 'actionId'),
      metadata: optionalObjectField(fields, 'metadata'),
    })
  },
  fallback: ({ actionId }) => `User selected action: ${actionId}`,
  shouldPush: () => true,
}
