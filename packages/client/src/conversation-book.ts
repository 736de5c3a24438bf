// The conversations of an account as far as this client knows them. Invitations and introductions are opened
// once: what was seen before is recognised by its digest.

import { msToNs, toHex } from '@posthorn/bytes'
import { type Envelope, envelopeDigest, introTopic, inviteTopic } from '@posthorn/envelope'
import { ProtocolError, UsageError } from '@posthorn/errors'
import type { Conversation as ConversationData, ConversationV2 } from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import type { ClientContext } from './context.ts'
import { type ConversationEntry, openEntry } from './conversation-entry.ts'
import { readHistory } from './history.ts'

/** How to look for new conversations. */
export type RefreshOptions = CallOptions & {
  /** Does nothing when the last look is no older than this; default: look. */
  readonly maxAgeMs?: number | undefined
}

/** The known conversations of one account. */
export type ConversationBook = {
  /** The topics on which conversations begin. */
  readonly inboxTopics: readonly string[]
  /** Looks for conversations that began since the last time. */
  refresh(options?: RefreshOptions): Promise<void>
  /** Oldest first. */
  all(): readonly ConversationData[]
  get(topic: string): ConversationData | undefined
  /** Takes up an envelope from one of the inbox topics; junk is passed over. */
  absorb(envelope: Envelope): Promise<void>
  /** Takes up a conversation that this client has begun. */
  add(data: ConversationData): void
}

// How far a sender's clock may be behind before its invitation is overlooked until the next start.
const overlapNs = 3_600_000_000_000n

/** Creates an empty book. */
export function createConversationBook(context: ClientContext): ConversationBook {
  const { crypto, clock, keystore, transport } = context
  const { address } = keystore
  const inboxTopics = inboxTopicsOf(address)
  const seen = new Set<string>()
  const entries = new Map<string, ConversationEntry>()
  let reachedNs = 0n
  let refreshedMs = Number.NEGATIVE_INFINITY
  let running: Promise<void> = Promise.resolve()

  async function read(options: RefreshOptions): Promise<void> {
    const nowMs = clock.nowMs()
    const nowNs = msToNs(nowMs)
    const ageMs = nowMs - refreshedMs
    // A clock that was set back says nothing about the age.
    if (options.maxAgeMs !== undefined && ageMs >= 0 && ageMs <= options.maxAgeMs) return
    const startNs = reachedNs > overlapNs ? reachedNs - overlapNs : undefined
    let newestNs = reachedNs
    const range = { topics: inboxTopics, startNs, signal: options.signal }
    for await (const envelope of readHistory(transport, range)) {
      await absorb(envelope)
      const { timestampNs } = envelope
      if (timestampNs > newestNs && timestampNs <= nowNs) newestNs = timestampNs
    }
    reachedNs = newestNs
    refreshedMs = nowMs
  }

  async function absorb(envelope: Envelope): Promise<void> {
    const digest = toHex(envelopeDigest(envelope, crypto.hash.sha256))
    if (seen.has(digest)) return
    try {
      const entry = await openEntry(context, envelope)
      if (entry !== undefined) note(entry)
    } catch (error) {
      // A closed keystore is no fault of the envelope; everything else is.
      if (!(error instanceof ProtocolError) || error instanceof UsageError) throw error
    }
    seen.add(digest)
  }

  function note(entry: ConversationEntry): void {
    const { data } = entry
    if (data.peerAddress === address) return
    const known = entries.get(data.topic)
    if (known === undefined || isBetter(entry, known)) entries.set(data.topic, entry)
  }

  return {
    inboxTopics,
    refresh: (options = {}) => {
      const next = running.then(() => read(options))
      running = next.catch(() => undefined)
      return next
    },
    all: () => [...entries.values()].map(({ data }) => data).sort(oldestFirst),
    get: (topic) => entries.get(topic)?.data,
    absorb,
    add: (data) => note({ data, isDerived: true }),
  }
}

/** The topics on which an account's conversations begin. */
export function inboxTopicsOf(address: string): readonly string[] {
  return [introTopic(address), inviteTopic(address)]
}

/** The V2 conversation with a peer, and with a conversation id where one is given. */
export function findV2(
  book: ConversationBook,
  peerAddress: string,
  conversationId: string | undefined,
): ConversationV2 | undefined {
  for (const data of book.all()) {
    if (data.version !== 'v2' || data.peerAddress !== peerAddress) continue
    if ((data.context?.conversationId ?? '') === (conversationId ?? '')) return data
  }
  return undefined
}

// The first one found stays, with two exceptions. A V1 conversation is as old as its oldest introduction.
// And whoever learns of a topic could invite to it with a key of their own, backdated: the topic's own key
// wins over such a claim.
function isBetter(entry: ConversationEntry, known: ConversationEntry): boolean {
  if (entry.isDerived !== known.isDerived) return entry.isDerived
  return entry.data.version === 'v1' && entry.data.createdNs < known.data.createdNs
}

function oldestFirst(a: ConversationData, b: ConversationData): number {
  if (a.createdNs === b.createdNs) return 0
  return a.createdNs < b.createdNs ? -1 : 1
}
