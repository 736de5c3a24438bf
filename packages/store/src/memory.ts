// Keeps everything in arrays, for tests and for nodes that need no disk. Nothing survives the process.

import { compareBytes } from '@posthorn/bytes'
import { checkEnvelope, compareCursors, type Envelope, envelopeDigest } from '@posthorn/envelope'
import { checkLimit, closedError } from './errors.ts'
import type {
  AppendResult,
  EnvelopeStore,
  RangeQuery,
  StoreCounts,
  StoredEnvelope,
  TailQuery,
} from './store.ts'
import { takeBytes } from './take-bytes.ts'

/** What a memory store is made of. */
export type MemoryStoreOptions = {
  /** SHA-256: any bytes in, 32 bytes out. */
  readonly sha256: (data: Uint8Array) => Uint8Array
}

/** An empty store that lives in memory only. */
export function createMemoryStore(options: MemoryStoreOptions): EnvelopeStore {
  return new MemoryStore(options.sha256)
}

class MemoryStore implements EnvelopeStore {
  /** Row n - 1 has sequence n. */
  #arrivals: StoredEnvelope[] = []
  /** Each topic's rows in the order of sender's time. */
  #topics = new Map<string, StoredEnvelope[]>()
  #isClosed = false
  readonly #sha256: (data: Uint8Array) => Uint8Array

  constructor(sha256: (data: Uint8Array) => Uint8Array) {
    this.#sha256 = sha256
  }

  async append(envelopes: readonly Envelope[]): Promise<readonly AppendResult[]> {
    this.#checkOpen()
    for (const envelope of envelopes) checkEnvelope(envelope)
    return envelopes.map((envelope) => this.#appendOne(envelope))
  }

  async range(query: RangeQuery): Promise<readonly StoredEnvelope[]> {
    this.#checkOpen()
    checkLimit(query.limit)
    const rows = [...new Set(query.topics)].flatMap((topic) => this.#topicPage(topic, query))
    const sign = query.direction === 'ascending' ? 1 : -1
    const page = rows.sort((a, b) => sign * comparePlaces(a, b)).slice(0, query.limit)
    return takeBytes(page, query.maxBytes)
  }

  async tail(query: TailQuery): Promise<readonly StoredEnvelope[]> {
    this.#checkOpen()
    checkLimit(query.limit)
    const wanted = query.topics && new Set(query.topics)
    const page: StoredEnvelope[] = []
    for (let at = Math.max(0, query.afterSequence); page.length < query.limit; at++) {
      const row = this.#arrivals[at]
      if (row === undefined) break
      if (wanted?.has(row.contentTopic) ?? true) page.push(row)
    }
    return page
  }

  async *scan(): AsyncIterable<StoredEnvelope> {
    this.#checkOpen()
    const end = this.#arrivals.length
    for (const row of this.#arrivals.slice(0, end)) {
      this.#checkOpen()
      yield row
    }
  }

  async counts(): Promise<StoreCounts> {
    this.#checkOpen()
    const envelopes = this.#arrivals.length
    return { envelopes, topics: this.#topics.size, lastSequence: envelopes }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#arrivals = []
    this.#topics = new Map()
  }

  #appendOne(envelope: Envelope): AppendResult {
    const row: StoredEnvelope = {
      contentTopic: envelope.contentTopic,
      timestampNs: envelope.timestampNs,
      // The caller may use its buffer again.
      message: envelope.message.slice(),
      sequence: this.#arrivals.length + 1,
      digest: envelopeDigest(envelope, this.#sha256),
    }
    const rows = this.#rowsOf(row.contentTopic)
    const at = firstIndex(rows, (other) => compareCursors(other, row) >= 0)
    const other = rows[at]
    if (other !== undefined && compareCursors(other, row) === 0) {
      return { sequence: other.sequence, isDuplicate: true }
    }
    rows.splice(at, 0, row)
    this.#arrivals.push(row)
    return { sequence: row.sequence, isDuplicate: false }
  }

  #rowsOf(topic: string): StoredEnvelope[] {
    const known = this.#topics.get(topic)
    if (known !== undefined) return known
    const rows: StoredEnvelope[] = []
    this.#topics.set(topic, rows)
    return rows
  }

  #topicPage(topic: string, query: RangeQuery): StoredEnvelope[] {
    const { startNs = 0n, endNs, direction, limit } = query
    const rows = this.#topics.get(topic) ?? []
    const start = firstIndex(rows, (row) => row.timestampNs >= startNs)
    const end = firstIndex(rows, (row) => endNs !== undefined && row.timestampNs > endNs)
    const page: StoredEnvelope[] = []
    for (let i = 0; i < end - start && page.length < limit; i++) {
      const row = rows[direction === 'ascending' ? start + i : end - 1 - i]
      if (row !== undefined && isBeyond(row, query)) page.push(row)
    }
    return page
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedError()
  }
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

/** The first index whose row passes, in rows that fail first and pass later. */
function firstIndex(
  rows: readonly StoredEnvelope[],
  passes: (row: StoredEnvelope) => boolean,
): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row !== undefined && passes(row)) high = middle
    else low = middle + 1
  }
  return low
}
