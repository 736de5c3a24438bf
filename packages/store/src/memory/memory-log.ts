// The rows of a memory store in both orders, and its batches.

import { compareCursors, type Envelope, envelopeDigest } from '@posthorn/envelope'
import { batchHash, noBatchHash } from '../batch-hash.ts'
import type { AppendResult, StoreClock, StoreCounts, StoredEnvelope } from '../store.ts'
import type { Batch } from '../upkeep.ts'
import { firstIndex } from './first-index.ts'

/** What a memory store is made of. */
export type MemoryLogOptions = {
  /** SHA-256: any bytes in, 32 bytes out. */
  readonly sha256: (data: Uint8Array) => Uint8Array
  readonly clock: StoreClock
}

/** Keeps rows and gives sequences. */
export class MemoryLog {
  /** In the order of arrival. */
  #arrivals: StoredEnvelope[] = []
  /** Each topic's rows in the order of sender's time. */
  readonly #topics = new Map<string, StoredEnvelope[]>()
  /** Batch n - 1 has height n. */
  readonly batches: Batch[] = []
  readonly #options: MemoryLogOptions
  #lastSequence = 0

  constructor(options: MemoryLogOptions) {
    this.#options = options
  }

  get counts(): StoreCounts {
    const topics = this.#topics.size
    return { envelopes: this.#arrivals.length, topics, lastSequence: this.#lastSequence }
  }

  /** Rows beyond a sequence, in the order of arrival. */
  *arrivalsAfter(sequence: number): Generator<StoredEnvelope> {
    // Of one moment: a deletion replaces the array.
    const arrivals = this.#arrivals
    for (let at = firstIndex(arrivals, (row) => row.sequence > sequence); ; at++) {
      const row = arrivals[at]
      if (row === undefined) return
      yield row
    }
  }

  /** A topic's rows in the order of sender's time. */
  rowsOf(topic: string): readonly StoredEnvelope[] {
    return this.#topics.get(topic) ?? []
  }

  /** Stores a batch. */
  append(envelopes: readonly Envelope[]): AppendResult[] {
    const firstSequence = this.#lastSequence + 1
    const results = envelopes.map((envelope) => this.#appendOne(envelope))
    if (this.#lastSequence >= firstSequence) this.#addBatch(firstSequence)
    return results
  }

  /** Deletes rows, and topics that have none left. */
  delete(rows: ReadonlySet<StoredEnvelope>): void {
    this.#arrivals = this.#arrivals.filter((row) => !rows.has(row))
    for (const topic of new Set(Array.from(rows, (row) => row.contentTopic))) {
      const left = this.rowsOf(topic).filter((row) => !rows.has(row))
      if (left.length > 0) this.#topics.set(topic, left)
      else this.#topics.delete(topic)
    }
  }

  #appendOne(envelope: Envelope): AppendResult {
    const row: StoredEnvelope = {
      contentTopic: envelope.contentTopic,
      timestampNs: envelope.timestampNs,
      // The caller may use its buffer again.
      message: envelope.message.slice(),
      sequence: this.#lastSequence + 1,
      digest: envelopeDigest(envelope, this.#options.sha256),
    }
    const rows = this.#topics.get(row.contentTopic) ?? []
    const at = firstIndex(rows, (other) => compareCursors(other, row) >= 0)
    const other = rows[at]
    if (other !== undefined && compareCursors(other, row) === 0) {
      return { sequence: other.sequence, isDuplicate: true }
    }
    this.#topics.set(row.contentTopic, rows)
    rows.splice(at, 0, row)
    this.#arrivals.push(row)
    this.#lastSequence = row.sequence
    return { sequence: row.sequence, isDuplicate: false }
  }

  #addBatch(firstSequence: number): void {
    const { sha256, clock } = this.#options
    const previous = this.batches.at(-1)
    const height = this.batches.length + 1
    const rows = [...this.arrivalsAfter(firstSequence - 1)]
    const previousHash = previous?.hash ?? noBatchHash
    const now = clock.nowNs()
    this.batches.push({
      ...{ height, firstSequence, lastSequence: this.#lastSequence },
      committedNs:
        previous !== undefined && previous.committedNs > now ? previous.committedNs : now,
      hash: batchHash({ previousHash, height, rows }, sha256),
    })
  }
}
