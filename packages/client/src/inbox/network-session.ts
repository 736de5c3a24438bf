// Keeps the store full: one stream of everything that is new, and queries for what was missed. A session begins where
// the store says that everything has been read; ending it at any moment loses nothing.

import { ephemeralTopic, isEphemeralTopic } from '@posthorn/envelope'
import type { LocalStore } from '@posthorn/local-store'
import type { LiveEnvelope, LogMark } from '@posthorn/transport'
import type { ClientContext } from '../context.ts'
import { createTopicSet, follow } from '../follow.ts'
import { type Arrival, type Arrivals, createArrivals } from './arrivals.ts'
import type { StoreBook } from './book-of-store.ts'
import { createCatchUp } from './catch-up.ts'
import type { File } from './filing.ts'
import type { InboxState } from './inbox.ts'
import { createInboxPosition, type InboxPosition } from './inbox-position.ts'
import { decisionsReadKey } from './inbox-settings.ts'
import type { InboxTopics } from './inbox-topics.ts'
import { createNetworkStatus } from './network-status.ts'
import { createPastReader } from './past-reader.ts'
import { createPersistence, type Persist } from './persistence.ts'

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

/** Creates a session; it reads nothing before it is run, and ends with `ending`. */
export function createNetworkSession(parts: NetworkParts, ending: AbortController): NetworkSession {
  const { context, store, book, topics, file } = parts
  const { signal } = ending
  const followed = createTopicSet(topics.all)
  const arrivals = createArrivals(signal)
  const status = createNetworkStatus(parts.onState)
  const { trouble: onTrouble, success: onSuccess } = status
  const persist = createPersistence(context, { signal, onTrouble, onSuccess })
  const position = createInboxPosition(store, context.clock)
  const { transport } = context
  const past = createPastReader({ transport, file, persist, signal, onProgress })
  const catchUp = createCatchUp({ store, book, topics, position, past })

  function followAll(conversations: readonly string[]): void {
    for (const topic of conversations) {
      followed.add(topic)
      followed.add(ephemeralTopic(topic))
    }
  }

  function onProgress(): void {
    status.left(catchUp.left())
    if (position.isCaughtUp() || !catchUp.isDone()) return
    position.caughtUp()
    const { settings = [], progress } = position.marks(position.mark())
    const all = [{ key: decisionsReadKey, value: true }, ...settings]
    const stored = persist(() => store.put({ settings: all, progress }))
    stored.then(parts.onCaughtUp, () => undefined)
  }

  async function readStream(): Promise<void> {
    const resumeAt = await position.resume()
    const events = follow(context, {
      topics: followed,
      signal,
      lookup: 'none',
      resumeAt,
      onReached: (mark) => void arrivals.push({ kind: 'mark', mark }),
      onStateChange: (state) => {
        if (state.kind === 'reconnecting') status.disconnected(state.error)
      },
    })
    for await (const event of events) {
      if (event.kind === 'envelope') await onEnvelope(event.envelope)
      else {
        await catchUp.connected(event.topics, event.isResumed)
        position.alive()
        status.connected()
        onProgress()
        parts.onConnected()
      }
    }
  }

  async function onEnvelope(envelope: LiveEnvelope): Promise<void> {
    position.alive()
    if (isEphemeralTopic(envelope.contentTopic)) parts.onEphemeral(envelope)
    else await arrivals.push({ kind: 'envelope', envelope })
  }

  return {
    addConversations: (begun) => {
      catchUp.add(begun)
      followAll(begun)
    },
    run: async () => {
      await catchUp.resume()
      followAll(book.topics())
      const filing = fileArrivals({ arrivals, position, persist, file })
      const tasks = [readStream(), past.run(), filing]
      await Promise.all(tasks).finally(() => ending.abort())
      await Promise.allSettled(tasks)
    },
  }
}

type FilingArrivals = {
  readonly arrivals: Arrivals
  readonly position: InboxPosition
  readonly persist: Persist
  readonly file: File
}

async function fileArrivals({ arrivals, position, persist, file }: FilingArrivals): Promise<void> {
  for (;;) {
    const taken = await arrivals.take()
    if (taken === undefined) return
    const envelopes = taken.flatMap((each) => (each.kind === 'envelope' ? [each.envelope] : []))
    const before = position.mark()
    const next = taken.reduce(laterMark, before)
    await persist(() => file(envelopes, position.marks(next)))
    // Unless another log took the place of this one meanwhile.
    if (position.mark() === before) position.moveTo(next)
  }
}

function laterMark(mark: LogMark | undefined, arrival: Arrival): LogMark | undefined {
  if (arrival.kind === 'mark') return arrival.mark
  const { sequence } = arrival.envelope
  if (mark === undefined || sequence === undefined) return mark
  return { logId: mark.logId, sequence }
}
