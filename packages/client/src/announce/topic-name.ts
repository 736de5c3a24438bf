// Names of what can be subscribed to, such as `price-alerts`.

import { ValidationError } from '@posthorn/errors'

const prefix = 'posthorn.org/notifications/'

/** Whether a value is a name: 1 to 64 of the characters a-z, 0-9, dot, hyphen and underscore. */
export function isTopicName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)
}

/**
 * The id of the conversation in which a sender's notifications of a topic lie: each signature begins another one, as
 * that of an ended subscription is closed.
 */
export function conversationIdOf(topic: string, signedMs: number): string {
  return `${prefix}${requireTopicName(topic)}/${Math.floor(signedMs / 1_000)}`
}

/** The topic of a conversation with notifications; undefined for all others. */
export function topicNameOf(conversationId: string | undefined): string | undefined {
  if (conversationId === undefined || !conversationId.startsWith(prefix)) return undefined
  const name = conversationId.slice(prefix.length).replace(/\/\d{1,15}$/, '')
  return isTopicName(name) ? name : undefined
}

/** The name itself. @throws ValidationError `notification/bad-topic` */
export function requireTopicName(topic: string): string {
  if (isTopicName(topic)) return topic
  throw new ValidationError(
    'notification/bad-topic',
    'Name topic: found another text, wanted 1 to 64 of a-z, 0-9, dot, hyphen and underscore',
  )
}
