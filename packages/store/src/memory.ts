// Keeps everything in arrays, for tests and for nodes that need no disk. Nothing survives the process.

import { compareBytes } from '@posthorn/bytes'
import { checkEnvelope, compareCursors, type Envelope } from '@posthorn/envelope'
import { Broadcasts } from './broadcasts.ts'
import { checkLimit, closedError } from './errors.ts'
import { firstIndex } from './memory/first-index.ts'
import { MemoryLog } from './memory/memory-log.ts'
import { createMemorySettings } from './memory/memory-settings.ts'
import { createMemoryUpkeep } from './memory/memory-upkeep.ts'
import type { SettingsStore } from './settings-store.ts'
import type {
  AppendResult,
  RangeQuery,
  Store,
  StoreClock,
  StoreCounts,
  StoredEnvelope,
  TailQuery,
} from './store.ts'
import { systemClock } from './system-clock.ts'
import { takeBytes } from './take-bytes.ts'
import type { StoreUpkeep } from './upkeep.ts'

/** What a memory store is made of. */
export type MemoryStoreOptions = {
  /** SHA-256: any bytes in, 32 bytes out. */
  readonly sha256: (data: Uint8Array) => Uint8Array
  /** Stamps commits; the machine's when not given. */
  readonly clock?: StoreClock | undefined
}

/** An empty store that lives in memory only. */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  return new MemoryStore(options)
}

class MemoryStore implements Store {
  readonly writers = 'own'
  readonly settings: SettingsStore
  readonly upkeep: StoreUpkeep
  readonly #broadcasts = new Broadcasts()
  #log: MemoryLog
  #isClosed = false

  constructor({ sha256, clock = systemClock }: MemoryStoreOptions) {
    this.#log = new MemoryLog({ sha256, clock })
    const checkOpen = () => this.#checkOpen()
    this.settings = createMemorySettings(checkOpen)
    this.upkeep = createMemoryUpkeep(this.#log, checkOpen)
  }

  async append(envelopes: readonly Envelope[]): Promise<readonly AppendResult[]> {
    this.#checkOpen()
    for (const envelope of envelopes) checkEnvelope(envelope)
    return this.#log.append(envelopes)
  }

  async range(query: RangeQuery): Promise<readonly StoredEnvelope[]> {
    this.#checkOpen()
    checkLimit(query.limit)
    const topics = [...new Set(query.topics)]
    const rows = topics.flatMap((topic) => topicPage(this.#log.rowsOf(topic), query))
    const sign = query.direction === 'ascending' ? 1 : -1
    const page = rows.sort((a, b) => sign * comparePlaces(a, b)).slice(0, query.limit)
    return takeBytes(page, query.maxBytes)
  }

  async tail(query: TailQuery): Promise<readonly StoredEnvelope[]> {
    this.#checkOpen()
    checkLimit(query.limit)
    const { afterSequence, limit, positions, maxBytes } = query
    const topics = query.topics && new Set(query.topics)
    const page: StoredEnvelope[] = []
    for (const row of this.#log.arrivalsAfter(afterSequence)) {
      if (page.length >= limit) break
      const after = positions?.get(row.contentTopic) ?? Number.POSITIVE_INFINITY
      const isWanted = positions ? row.sequence > after : (topics?.has(row.contentTopic) ?? true)
      if (isWanted) page.push(row)
    }
    return takeBytes(page, maxBytes)
  }

  async *scan(): AsyncIterable<StoredEnvelope> {
    this.#checkOpen()
    const { lastSequence } = this.#log.counts
    for (const row of this.#log.arrivalsAfter(0)) {
      this.#checkOpen()
      if (row.sequence > lastSequence) return
      yield row
    }
  }

  async counts(): Promise<StoreCounts> {
    this.#checkOpen()
    return this.#log.counts
  }

  onArrival(_listener: () => void): Disposable {
    return { [Symbol.dispose]: () => undefined }
  }

  async broadcast(envelopes: readonly Envelope[]): Promise<void> {
    this.#checkOpen()
    for (const envelope of envelopes) checkEnvelope(envelope)
    for (const envelope of envelopes) this.#broadcasts.tell(envelope)
  }

  onBroadcast(listener: (envelope: Envelope) => void): Disposable {
    return this.#broadcasts.add(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedError()
  }
}

function topicPage(rows: readonly StoredEnvelope[], query: RangeQuery): StoredEnvelope[] {
  const { startNs = 0n, endNs, direction, limit } = query
  const start = firstIndex(rows, (row) => row.timestampNs >= startNs)
  const end = firstIndex(rows, (row) => endNs !== undefined && row.timestampNs > endNs)
  const page: StoredEnvelope[] = []
  for (let i = 0; i < end - start && page.length < limit; i++) {
    const row = rows[direction === 'ascending' ? start + i : end - 1 - i]
    if (row !== undefined && isBeyond(row, query)) page.push(row)
  }
  return page
}

function isBeyond(row: StoredEnvelope, { after, direction }: RangeQuery): boolean {
  if (after === undefined) return true
  const { timestampNs, digest } = after
  const order =
    timestampNs === undefined
      ? compareBytes(row.digest, digest)
      : compareCursors(row, { timestampNs, digest })
  return direction === 'ascending' ? order > 0 : order < 0
}

// Rows of different topics never share a digest while SHA-256 holds; the sequence makes the order
// total even so.
function comparePlaces(a: StoredEnvelope, b: StoredEnvelope): number {
  return compareCursors(a, b) || a.sequence - b.sequence
}
