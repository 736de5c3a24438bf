// posthorn.org/subscription:1.0: what a subscriber tells the sender about a subscription.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import type { ContentCodec, ContentTypeId } from '@posthorn/content'
import { CodecError } from '@posthorn/errors'
import { isTopicName } from './topic-name.ts'

/** The state that a subscriber wants a subscription to be in. Only a signature makes an ended one active. */
export type SubscriptionChange = {
  readonly topic: string
  readonly state: 'active' | 'muted' | 'unsubscribed'
}

/** `posthorn.org/subscription:1.0`. */
export const subscriptionChangeType: ContentTypeId = {
  authorityId: 'posthorn.org',
  typeId: 'subscription',
  versionMajor: 1,
  versionMinor: 0,
}

const words = { active: 'Unmuted', muted: 'Muted', unsubscribed: 'Unsubscribed from' } as const

/** Codec of changes. Decoding throws `subscription/malformed` or `bytes/not-utf8`. */
export const subscriptionChangeCodec: ContentCodec<SubscriptionChange> = {
  contentType: subscriptionChangeType,
  encode: ({ topic, state }) => ({
    type: subscriptionChangeType,
    parameters: {},
    content: toUtf8(JSON.stringify({ topic, state })),
  }),
  decode: ({ content }) => changeOf(fromUtf8(content)),
  fallback: ({ topic, state }) => `${words[state]} ${topic}`,
  shouldPush: () => false,
}

function changeOf(json: string): SubscriptionChange {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && 'topic' in value && 'state' in value) {
      const { topic, state } = value
      if (isTopicName(topic) && isState(state)) return { topic, state }
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
  }
  throw new CodecError(
    'subscription/malformed',
    'Read subscription change: found something else, wanted a topic and active, muted or unsubscribed',
  )
}

function isState(value: unknown): value is SubscriptionChange['state'] {
  return typeof value === 'string' && Object.hasOwn(words, value)
}
