// The port: what a client of one account on one network keeps on its own device. There is one implementation above
// three engines; create-local-store.ts has it.

import type { LocalChange } from './changes.ts'
import type { LocalRecord } from './local-record.ts'
import type { Outbox } from './outbox/outbox.ts'
import type {
  CachedName,
  ConsentEntry,
  Draft,
  LocalConsentState,
  LocalConversation,
  LocalMessage,
  LocalSetting,
  NewConversation,
  ProgressMark,
  ReadMark,
  SettingValue,
} from './records.ts'

/** What one transaction writes; putting the same again changes nothing. */
export type LocalBatch = {
  /** A known conversation gets what is new about it; what the store derives stays. */
  readonly conversations?: readonly NewConversation[] | undefined
  /** Their conversations are stored already, or in the same batch. */
  readonly messages?: readonly LocalMessage[] | undefined
  readonly consents?: readonly ConsentEntry[] | undefined
  readonly readMarks?: readonly ReadMark[] | undefined
  readonly drafts?: readonly Draft[] | undefined
  readonly names?: readonly CachedName[] | undefined
  readonly progress?: readonly ProgressMark[] | undefined
  readonly settings?: readonly LocalSetting[] | undefined
}

/** What became of the messages of a batch. */
export type PutReport = {
  /** Ids of messages that were not there, or not readable, before. */
  readonly newMessageIds: readonly string[]
  /** Messages that were there already, under their id or their copy key. */
  readonly knownCount: number
}

/** A page; `next` continues it, and is undefined at the end. */
export type LocalPage<Item> = {
  readonly items: readonly Item[]
  /** For `after` of the same query; opaque. */
  readonly next: string | undefined
  /** Records of this page that are damaged and left out; `repair` takes them out for good. */
  readonly damagedCount: number
}

/** A page of conversations, the newest message first. */
export type ConversationQuery = {
  /** Only these; default all. */
  readonly consent?: readonly LocalConsentState[] | undefined
  /** `next` of the page before. */
  readonly after?: string | undefined
  /** 1 to 10,000. */
  readonly limit: number
}

/** A page of a conversation, by time sent; messages of one time have an order of their own, always the same. */
export type MessageQuery = {
  readonly topic: string
  readonly direction: 'ascending' | 'descending'
  /** `next` of the page before. */
  readonly after?: string | undefined
  /** Inclusive. */
  readonly startNs?: bigint | undefined
  /** Inclusive. */
  readonly endNs?: bigint | undefined
  /** 1 to 10,000. */
  readonly limit: number
}

/** A page of the messages about one thing, by time sent. */
export type AboutQuery = {
  readonly about: string
  /** `next` of the page before. */
  readonly after?: string | undefined
  /** 1 to 10,000. */
  readonly limit: number
}

/** A page of the messages in which every word of a text begins some word, newest first. */
export type SearchQuery = {
  readonly text: string
  /** Only in this conversation. */
  readonly topic?: string | undefined
  /** `next` of the page before. */
  readonly after?: string | undefined
  /** 1 to 10,000. */
  readonly limit: number
}

/** What there is in the conversations of one state. */
export type LocalTotals = { readonly conversations: number; readonly unread: number }

/** What a repair found. */
export type RepairReport = {
  /** Damaged records that were taken out; what came from the network can be put again. */
  readonly removedCount: number
}

/** Whether what is stored outlives the process, and why not. */
export type Persistence =
  | { readonly kind: 'durable' }
  | { readonly kind: 'memory'; readonly reason: 'chosen' | 'no-indexeddb' | 'no-storage' }

/**
 * An account's own store. Concurrent calls are allowed; what a resolved call wrote is durable, where the engine is.
 * Every method throws StorageError: `local-store/unavailable` and `local-store/full` when the medium fails,
 * `local-store/corrupt` when what it reads is damaged, `local-store/closed` after disposal.
 */
export type LocalStore = AsyncDisposable & {
  readonly persistence: Persistence
  /**
   * Stores everything of a batch or nothing.
   *
   * @throws NotFoundError `local-store/no-conversation`; UsageError `local-store/bad-time`
   */
  put(batch: LocalBatch): Promise<PutReport>
  /** What changes from the call on, in batches; a reader that falls behind is told `everything`. */
  changes(options?: {
    readonly signal?: AbortSignal | undefined
  }): AsyncIterable<readonly LocalChange[]>

  conversation(topic: string): Promise<LocalConversation | undefined>
  conversations(query: ConversationQuery): Promise<LocalPage<LocalConversation>>
  /** All conversations with a peer, in no order. */
  conversationsWith(peerAddress: string): Promise<readonly LocalConversation[]>
  /** Counts by consent, for badges. */
  totals(): Promise<Readonly<Record<LocalConsentState, LocalTotals>>>
  message(id: string): Promise<LocalMessage | undefined>
  /** Those of some messages that are there, in no order; damaged ones are left out. */
  messagesWithIds(ids: readonly string[]): Promise<readonly LocalMessage[]>
  messages(query: MessageQuery): Promise<LocalPage<LocalMessage>>
  /** The messages whose `about` is what is asked for, oldest first. */
  messagesAbout(query: AboutQuery): Promise<LocalPage<LocalMessage>>
  search(query: SearchQuery): Promise<LocalPage<LocalMessage>>
  consent(subject: ConsentEntry['subject'], value: string): Promise<ConsentEntry | undefined>
  readMark(topic: string): Promise<ReadMark | undefined>
  draft(topic: string): Promise<Draft | undefined>
  name(query: string): Promise<CachedName | undefined>
  progress(purpose: string): Promise<ProgressMark | undefined>
  setting(key: string): Promise<SettingValue | undefined>
  /** Every record of one kind, or of all; conversations come before their messages. */
  records(kind?: LocalRecord['kind']): AsyncIterable<LocalRecord>

  /** Forgets messages, and what search knows of them. */
  removeMessages(ids: readonly string[]): Promise<void>
  /** Forgets a conversation with its messages, draft, read mark and what waits to be sent in it. */
  removeConversation(topic: string): Promise<void>

  readonly outbox: Outbox
  /** Takes damaged records out and derives anew whatever is derived: lists, counts, search. */
  repair(): Promise<RepairReport>
  /** Forgets everything, and leaves an empty store. */
  wipe(): Promise<void>
}
