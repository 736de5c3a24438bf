// Keeps the store full: one stream of everything that is new, and queries for what was missed. A session begins where
// the store says that everything has been read; ending it at any moment loses nothing.

import { ephemeralTopic, isEphemeralTopic } from '@posthorn/envelope'
import type { LocalBatch, LocalSetting, LocalStore } from '@posthorn/local-store'
import type { LiveEnvelope, LogMark } from '@posthorn/transport'
import type { ClientContext } from '../context.ts'
import { createTopicSet, type FollowEvent, follow } from '../follow.ts'
import { type Arrival, createArrivals } from './arrivals.ts'
import type { StoreBook } from './book-of-store.ts'
import type { File } from './filing.ts'
import type { InboxState } from './inbox.ts'
import {
  decisionsReadKey,
  logPurpose,
  reachedKey,
  settingPrefixes,
  settingsOf,
} from './inbox-settings.ts'
import type { InboxTopics } from './inbox-topics.ts'
import { createNetworkStatus } from './network-status.ts'
import { createPastReader, jobOfMark, type PastJob } from './past-reader.ts'
import { createPersistence } from './persistence.ts'

/** What the network part of an inbox needs. */
export type NetworkParts = {
  readonly context: ClientContext
  readonly store: LocalStore
  readonly book: StoreBook
  readonly topics: InboxTopics
  readonly file: File
  readonly onState: (state: InboxState) => void
  readonly onEphemeral: (envelope: LiveEnvelope) => void
  /** Called with every connection, and when what was missed before it has been read. */
  readonly onConnected: () => void
  readonly onCaughtUp: () => void
}

/** One stay on the network. */
export type NetworkSession = {
  /** Takes up conversations that are new in the store, or have another key than before. */
  addConversations(topics: readonly string[]): void
  /** Resolves when the signal has aborted. @throws the refusal that ended it */
  run(): Promise<void>
}

type Connected = Extract<FollowEvent, { readonly kind: 'connected' }>

// What clocks may differ by within one session; and for how long a message may have waited in its sender's outbox
// to be found in the next one, on nodes that do not number what they store.
const sessionOverlapNs = 300_000_000_000n
const openingOverlapNs = 86_400_000_000_000n

/** Creates a session; it reads nothing before it is run, and ends with `ending`. */
export function createNetworkSession(parts: NetworkParts, ending: AbortController): NetworkSession {
  const { context, store, book } = parts
  const { signal } = ending
  const followed = createTopicSet(parts.topics.all)
  const arrivals = createArrivals(signal)
  const status = createNetworkStatus(parts.onState)
  const { trouble: onTrouble, success: onSuccess } = status
  const persist = createPersistence(context, { signal, onTrouble, onSuccess })
  const { transport } = context
  const past = createPastReader({ transport, file: parts.file, persist, signal, onProgress })
  /** The past of topics that are not followed yet: what comes while it is read has to come by the stream. */
  const unread = new Map<string, PastJob>()
  let confirmed: ReadonlySet<string> = new Set()
  /** Where the log was read to, as far as it is filed. */
  let mark: LogMark | undefined
  let isCaughtUp = false
  /** Where the reading of what was missed begins, until that is done. */
  let missed: { readonly startNs: bigint | undefined } | undefined
  let aliveNs: bigint | undefined

  function addConversations(topics: readonly string[]): void {
    for (const topic of topics) unread.set(topic, { topic, isKept: true })
    followAll(topics)
    startUnread()
  }

  function followAll(topics: readonly string[]): void {
    for (const topic of topics) {
      followed.add(topic)
      followed.add(ephemeralTopic(topic))
    }
  }

  function startUnread(): void {
    const ready = [...unread.values()].filter(({ topic }) => confirmed.has(topic))
    for (const { topic } of ready) unread.delete(topic)
    if (ready.length > 0) past.add(ready)
  }

  async function onConnected({ isResumed, topics }: Connected): Promise<void> {
    confirmed = new Set(topics)
    if (!isResumed) await catchUp()
    aliveNs = nowNs(context)
    status.connected()
    startUnread()
    onProgress()
    parts.onConnected()
  }

  async function catchUp(): Promise<void> {
    const startNs = await missedSince()
    const since =
      missed === undefined || isBefore(startNs, missed.startNs) ? startNs : missed.startNs
    missed = { startNs: since }
    isCaughtUp = false
    mark = undefined
    // What is read to its beginning anyway is begun anew: the newest was not there when it was.
    const jobOf = (topic: string): PastJob =>
      past.isKept(topic) || unread.has(topic)
        ? { topic, isKept: true }
        : { topic, startNs: since, isKept: false }
    const conversations = book.topics().filter((topic) => confirmed.has(topic))
    unread.clear()
    past.add([...parts.topics.all, ...conversations].map(jobOf))
  }

  // Numbers of a log that is gone, or of another node's, say nothing about what this one has: everything is read
  // anew, and what is known is recognised. Of nodes without numbers, times are all there is.
  async function missedSince(): Promise<bigint | undefined> {
    if (mark !== undefined) return undefined
    if (aliveNs !== undefined) return aliveNs - sessionOverlapNs
    const reached = await store.setting(reachedKey)
    return typeof reached === 'string' ? BigInt(reached) - openingOverlapNs : undefined
  }

  function onProgress(): void {
    status.left(past.left() + unread.size)
    if (isCaughtUp || confirmed.size === 0 || past.isCatchingUp()) return
    isCaughtUp = true
    missed = undefined
    const settings = [{ key: decisionsReadKey, value: true }, ...reachedAt(aliveNs)]
    void persist(() => store.put({ settings, progress: progressOf(mark) })).then(
      parts.onCaughtUp,
      () => undefined,
    )
  }

  async function fileArrivals(): Promise<void> {
    for (;;) {
      const taken = await arrivals.take()
      if (taken === undefined) return
      const next = taken.reduce(laterMark, mark)
      const envelopes = taken.flatMap((each) => (each.kind === 'envelope' ? [each.envelope] : []))
      const progress = isCaughtUp ? progressOf(next) : []
      const settings = isCaughtUp ? reachedAt(aliveNs) : []
      await persist(() => parts.file(envelopes, { progress, settings }))
      mark = next
    }
  }

  async function follows(): Promise<void> {
    const stored = await store.progress(logPurpose)
    // The empty name stands for a node without numbers.
    const resumeAt = stored === undefined || stored.logId === '' ? undefined : stored
    mark = resumeAt
    isCaughtUp = resumeAt !== undefined
    const events = follow(context, {
      topics: followed,
      signal,
      lookup: 'none',
      resumeAt,
      onReached: (reached) => void arrivals.push({ kind: 'mark', mark: reached }),
      onStateChange: (state) => {
        if (state.kind === 'reconnecting') status.disconnected(state.error)
      },
    })
    for await (const event of events) {
      if (event.kind === 'connected') await onConnected(event)
      else await onEnvelope(event.envelope)
    }
  }

  async function onEnvelope(envelope: LiveEnvelope): Promise<void> {
    aliveNs = nowNs(context)
    if (isEphemeralTopic(envelope.contentTopic)) parts.onEphemeral(envelope)
    else await arrivals.push({ kind: 'envelope', envelope })
  }

  return {
    addConversations,
    run: async () => {
      for (const { name, value } of await settingsOf(store, settingPrefixes.past)) {
        if (book.get(name) !== undefined) unread.set(name, jobOfMark(name, value))
      }
      followAll(book.topics())
      const tasks = [follows(), past.run(), fileArrivals()]
      await Promise.all(tasks).finally(() => ending.abort())
      await Promise.allSettled(tasks)
    },
  }
}

function laterMark(mark: LogMark | undefined, arrival: Arrival): LogMark | undefined {
  if (arrival.kind === 'mark') return arrival.mark
  const { sequence } = arrival.envelope
  if (mark === undefined || sequence === undefined) return mark
  return { logId: mark.logId, sequence }
}

function progressOf(mark: LogMark | undefined): NonNullable<LocalBatch['progress']> {
  const { logId, sequence } = mark ?? { logId: '', sequence: 0 }
  return [{ purpose: logPurpose, logId, sequence }]
}

function reachedAt(ns: bigint | undefined): LocalSetting[] {
  return ns === undefined ? [] : [{ key: reachedKey, value: String(ns) }]
}

// Undefined is the beginning.
function isBefore(a: bigint | undefined, b: bigint | undefined): boolean {
  if (b === undefined) return false
  return a === undefined || a < b
}

function nowNs({ clock }: ClientContext): bigint {
  return BigInt(clock.nowMs()) * 1_000_000n
}
