// What the stream does not bring: the past of conversations that are new here, and whatever was missed.

import type { LocalStore } from '@posthorn/local-store'
import type { StoreBook } from './book-of-store.ts'
import type { InboxPosition } from './inbox-position.ts'
import { settingPrefixes, settingsOf } from './inbox-settings.ts'
import type { InboxTopics } from './inbox-topics.ts'
import { jobOfMark, type PastJob, type PastReader } from './past-reader.ts'

/** What catching up needs. */
export type CatchUpParts = {
  readonly store: LocalStore
  readonly book: StoreBook
  readonly topics: InboxTopics
  readonly position: InboxPosition
  readonly past: PastReader
}

/** Decides what the reader of the past has to read. */
export type CatchUp = {
  /** Takes up what the last session did not finish. */
  resume(): Promise<void>
  /** Conversations whose past is unread; it is read once they are followed. */
  add(topics: readonly string[]): void
  /** A connection follows these topics; unless it was resumed, what was missed is read. */
  connected(topics: readonly string[], isResumed: boolean): Promise<void>
  /** Topics that are not read as far as they have to be. */
  left(): number
  /** Whether the account's topics are followed and nothing that was missed is left. */
  isDone(): boolean
}

/** Creates it. */
export function createCatchUp({ store, book, topics, position, past }: CatchUpParts): CatchUp {
  /** The past of topics that are not followed yet: what comes while it is read has to come by the stream. */
  const unread = new Map<string, PastJob>()
  let followed: ReadonlySet<string> = new Set()
  /** Where the reading of what was missed begins, until that is done. */
  let missed: { readonly startNs: bigint | undefined } | undefined

  function startUnread(): void {
    const ready = [...unread.values()].filter(({ topic }) => followed.has(topic))
    for (const { topic } of ready) unread.delete(topic)
    if (ready.length > 0) past.add(ready)
  }

  async function readMissed(): Promise<void> {
    const sinceNs = await position.missedSince()
    if (position.isCaughtUp()) missed = undefined
    const isEarlier = missed === undefined || isBefore(sinceNs, missed.startNs)
    const startNs = isEarlier ? sinceNs : missed?.startNs
    missed = { startNs }
    position.behind()
    // What is read to its beginning anyway is begun anew: the newest was not there when it was.
    const jobOf = (topic: string): PastJob =>
      past.isKept(topic) || unread.has(topic)
        ? { topic, isKept: true }
        : { topic, startNs, isKept: false }
    const conversations = book.topics().filter((topic) => followed.has(topic))
    const jobs = [...topics.all, ...conversations].map(jobOf)
    for (const { topic } of jobs) unread.delete(topic)
    past.add(jobs)
  }

  return {
    resume: async () => {
      for (const { name, value } of await settingsOf(store, settingPrefixes.past)) {
        if (book.get(name) !== undefined) unread.set(name, jobOfMark(name, value))
      }
    },
    add: (begun) => {
      for (const topic of begun) unread.set(topic, { topic, isKept: true })
      startUnread()
    },
    connected: async (now, isResumed) => {
      followed = new Set(now)
      if (!isResumed) await readMissed()
      startUnread()
    },
    left: () => past.left() + unread.size,
    isDone: () => followed.size > 0 && !past.isCatchingUp(),
  }
}

// Undefined is the beginning.
function isBefore(a: bigint | undefined, b: bigint | undefined): boolean {
  if (b === undefined) return false
  return a === undefined || a < b
}
