// coinbase.com/actions:1.0: buttons to choose from, mostly offered by agents. The answer is an intent.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import {
  badField,
  choiceField,
  defined,
  type Fields,
  jsonBytes,
  jsonFields,
  objectsField,
  optionalTextField,
  textField,
} from './fields.ts'

const styles = ['primary', 'secondary', 'danger'] as const
const maxActions = 10

/** One button. */
export type Action = {
  /** Unique among the actions of one message. */
  readonly id: string
  readonly label: string
  /** Comes from the peer: fetching it tells them when it was read. */
  readonly imageUrl?: string
  readonly style?: (typeof styles)[number]
  /** ISO 8601 in UTC with milliseconds. */
  readonly expiresAt?: string
}

/** Up to ten buttons and what they are about. */
export type Actions = {
  readonly id: string
  readonly description: string
  readonly actions: readonly Action[]
  /** ISO 8601 in UTC with milliseconds. */
  readonly expiresAt?: string
}

/** `coinbase.com/actions:1.0`. */
export const actionsType: ContentTypeId = {
  authorityId: 'coinbase.com',
  typeId: 'actions',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of actions. Both directions throw `content/malformed`, decoding also `bytes/not-utf8`. */
export const actionsCodec: ContentCodec<Actions> = {
  contentType: actionsType,
  encode: (actions) => ({
    type: actionsType,
    parameters: {},
    content: jsonBytes(requireChoice(actions)),
  }),
  decode: ({ content }) => {
    const fields = jsonFields(content)
    return requireChoice(
      defined({
        id: textField(fields, 'id'),
        description: textField(fields, 'description'),
        actions: objectsField(fields, 'actions').map(actionOf),
        expiresAt: eitherName(fields, 'expiresAt', 'expires_at'),
      }),
    )
  },
  fallback: ({ description, actions }) => {
    const list = actions.map(({ label }, index) => `[${index + 1}] ${label}`).join('\n')
    return `${description}\n\n${list}\n\nReply with the number to select`
  },
  shouldPush: () => true,
}

function actionOf(fields: Fields): Action {
  const hasStyle = fields['style'] !== undefined && fields['style'] !== null
  return defined({
    id: textField(fields, 'id'),
    label: textField(fields, 'label'),
    imageUrl: eitherName(fields, 'imageUrl', 'image_url'),
    style: hasStyle ? choiceField(fields, 'style', styles) : undefined,
    expiresAt: eitherName(fields, 'expiresAt', 'expires_at'),
  })
}

// The first native codecs wrote snake case, JavaScript ones always camel case.
function eitherName(fields: Fields, camel: string, snake: string): string | undefined {
  return optionalTextField(fields, camel) ?? optionalTextField(fields, snake)
}

function requireChoice(actions: Actions): Actions {
  const ids = new Set(actions.actions.map(({ id }) => id))
  if (ids.size === 0 || ids.size > maxActions || ids.size !== actions.actions.length) {
    throw badField('actions', `1 to ${maxActions} with different ids`)
  }
  return actions
}
