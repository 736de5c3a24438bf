// posthorn.org/notification:1.0: something an application tells a subscriber.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import type { ContentCodec, ContentTypeId } from '@posthorn/content'
import { CodecError } from '@posthorn/errors'
import { isTopicName } from './topic-name.ts'

/** A notification; all of it is what its sender claims. */
export type Notification = {
  /** What it is about: the name that was subscribed to, such as `price-alerts`. */
  readonly topic: string
  readonly title: string
  readonly body?: string | undefined
  /** Where to read on: an `https:` address. Opening it tells the sender. */
  readonly url?: string | undefined
  /** Whatever else the application wants with it. */
  readonly data?: Readonly<Record<string, string>> | undefined
}

/** `posthorn.org/notification:1.0`. */
export const notificationType: ContentTypeId = {
  authorityId: 'posthorn.org',
  typeId: 'notification',
  versionMajor: 1,
  versionMinor: 0,
}

/** Limits of a notification, in characters. */
export const notificationLimits = { title: 200, body: 4_000, url: 2_000, dataBytes: 8_000 } as const

/** Codec of notifications. Both directions throw `notification/malformed`, decoding also `bytes/not-utf8`. */
export const notificationCodec: ContentCodec<Notification> = {
  contentType: notificationType,
  encode: (notification) => ({
    type: notificationType,
    parameters: {},
    content: toUtf8(JSON.stringify(checked(notification))),
  }),
  decode: ({ content }) => checked(fieldsOf(fromUtf8(content))),
  fallback: ({ title, body, url }) => [title, body, url].filter(isText).join('\n'),
  shouldPush: () => true,
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(json: string): Fields {
  try {
    const value: unknown = JSON.parse(json)
    if (isFields(value)) return value
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
  }
  throw malformed('content', 'a JSON object')
}

// Takes over the fields it knows and no others.
function checked(fields: Fields | Notification): Notification {
  const { topic, title, body, url, data } = fields
  if (!isTopicName(topic)) throw malformed('topic', 'the name of a topic')
  if (!isText(title)) throw malformed('title', 'text')
  return {
    topic,
    title: limited('title', title),
    ...optional('body', isGiven(body) ? limited('body', body) : undefined),
    ...optional('url', isGiven(url) ? webAddress(url) : undefined),
    ...optional('data', isGiven(data) ? textsOf(data) : undefined),
  }
}

function optional<Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]: T })
}

function limited(name: 'title' | 'body' | 'url', value: unknown): string {
  const max = notificationLimits[name]
  if (typeof value === 'string' && value.length <= max) return value
  throw malformed(name, `text of at most ${max} characters`)
}

function webAddress(value: unknown): string {
  const text = limited('url', value)
  if (/^https:\/\/[^\s]+$/i.test(text)) return text
  throw malformed('url', 'an https address')
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const isTexts = isFields(value) && Object.values(value).every((each) => typeof each === 'string')
  if (!isTexts || JSON.stringify(value).length > notificationLimits.dataBytes) {
    throw malformed('data', `texts by name, at most ${notificationLimits.dataBytes} characters`)
  }
  const entries = Object.entries(value).filter(([name]) => name !== '__proto__')
  return Object.fromEntries(entries) as Record<string, string>
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function malformed(name: string, wanted: string): CodecError {
  return new CodecError(
    'notification/malformed',
    `Read notification: expected ${name} to be ${wanted}`,
  )
}
