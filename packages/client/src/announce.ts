// Announcements: one sender, many recipients. Broadcasts go to addresses, notifications to subscribers.

import type { ContentCodec } from '@posthorn/content'
import { notificationCodec } from './announce/notification.ts'
import { subscriptionChangeCodec } from './announce/subscription-change.ts'

export { type BroadcastOptions, broadcast } from './announce/broadcast.ts'
export { createMemoryJournal, type Journal } from './announce/journal.ts'
export {
  type MySubscription,
  muteSubscription,
  mySubscriptions,
  unmuteSubscription,
  unsubscribe,
  type WhichSubscription,
} from './announce/my-subscriptions.ts'
export {
  type Notification,
  notificationCodec,
  notificationLimits,
  notificationType,
} from './announce/notification.ts'
export { type NotifyOptions, notify } from './announce/notify.ts'
export type { AnnouncementResult, Outcome } from './announce/outcome.ts'
export type { JobOptions } from './announce/run-job.ts'
export {
  type SignedSubscription,
  type SignSubscriptionOptions,
  signSubscription,
} from './announce/sign-subscription.ts'
export { createStoreJournal, type StoreJournalOptions } from './announce/store-journal.ts'
export {
  type SubscriptionChange,
  subscriptionChangeCodec,
  subscriptionChangeType,
} from './announce/subscription-change.ts'
export type { Subscription } from './announce/subscription-record.ts'
export { openSubscriptions, type Subscriptions } from './announce/subscriptions.ts'

/** For the `codecs` of clients that show notifications. */
export const announceCodecs: readonly ContentCodec[] = [notificationCodec, subscriptionChangeCodec]
