/** What became of one recipient of an announcement. */
export type Outcome =
  | {
      readonly kind: 'sent'
      /** Of the conversation. */
      readonly topic: string
      readonly messageId: string
    }
  /** Has not joined; the message is kept, and delivered by this account's clients when that changes. */
  | { readonly kind: 'queued'; readonly depositId: string }
  /** Has not joined, so there are no keys to write to. */
  | { readonly kind: 'not-registered' }
  /** Has not subscribed to the topic. Notifications only. */
  | { readonly kind: 'not-subscribed' }
  /** Wants no notifications of the topic for now. */
  | { readonly kind: 'muted' }
  /** Has ended the subscription; only a new signature begins another one. */
  | { readonly kind: 'unsubscribed' }
  /** The address is none, or the network does not take the message. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }

/** One recipient, settled. */
export type AnnouncementResult = {
  /** In EIP-55 form; as it was given where it is no address. */
  readonly address: string
  readonly outcome: Outcome
  /** Whether an earlier run of the same job settled it. */
  readonly isEarlier: boolean
  /** Recipients settled so far, this one included. */
  readonly settledCount: number
  readonly totalCount: number
}
