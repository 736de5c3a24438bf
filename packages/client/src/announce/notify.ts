// Notifications: typed content for those who have signed for it, and for nobody else.

import { codecRegistry, encodeContent } from '@posthorn/content'
import type { ConsentProof } from '@posthorn/identity'
import type { Client } from '../client.ts'
import { internalsOf } from '../internals.ts'
import { digestOf } from './broadcast.ts'
import { type Notification, notificationCodec, notificationType } from './notification.ts'
import type { AnnouncementResult, Outcome } from './outcome.ts'
import { type JobOptions, runJob } from './run-job.ts'
import type { Subscriptions } from './subscriptions.ts'
import { conversationIdOf } from './topic-name.ts'

/** What to tell whom. */
export type NotifyOptions = JobOptions & {
  readonly notification: Notification
  readonly subscriptions: Subscriptions
  /** Addresses; default: everybody whose subscription to the topic is active. */
  readonly to?: string | Iterable<string> | undefined
}

/**
 * Notifies subscribers of the notification's topic, each in the conversation of that topic, after having looked
 * whether they still want it. Runs like `broadcast`; who did not sign for it, or does not want it any more, is
 * settled as `not-subscribed`, `muted` or `unsubscribed`.
 *
 * @throws as `broadcast` does; CodecError `notification/malformed`; ValidationError `notification/bad-topic`
 */
export async function* notify(
  client: Client,
  options: NotifyOptions,
): AsyncGenerator<AnnouncementResult, void> {
  const internals = internalsOf(client)
  const { notification, subscriptions, signal } = options
  const { topic } = notification
  const place = conversationIdOf(topic, 0)
  const contentType = notificationType
  const registry = codecRegistry([notificationCodec])
  const content = await encodeContent(registry, notification, { contentType })
  await subscriptions.refresh({ signal })
  const recipients = recipientsOf(options)
  const consentProofOf = (address: string): ConsentProof | undefined =>
    subscriptions.get(address, topic)?.proof
  const idOf = (address: string): string =>
    conversationIdOf(topic, Number(consentProofOf(address)?.timestampMs ?? 0))
  const announcement = { content, conversationIdOf: idOf, consentProofOf, isClosable: true }
  const unwanted = (address: string): Outcome | undefined => {
    const { state, proof } = subscriptions.get(address, topic) ?? {}
    if (state === 'active' && proof !== undefined) return undefined
    return { kind: state === undefined || state === 'active' ? 'not-subscribed' : state }
  }
  const digest = digestOf(internals, content, place)
  yield* runJob(internals, { ...options, announcement, digest, recipients, unwanted })
}

function recipientsOf({ to, notification, subscriptions }: NotifyOptions): Iterable<string> {
  if (typeof to === 'string') return [to]
  if (to !== undefined) return to
  const active = subscriptions.list(notification.topic).filter(({ state }) => state === 'active')
  return active.map(({ address }) => address)
}
