// A store so plain that it is right by reading: one list, searched from end to end.

import { compareBytes } from '@posthorn/bytes'
import { compareCursors, type Envelope, envelopeDigest, topicCategory } from '@posthorn/envelope'
import type { AppendResult, RangeQuery, StoreCounts, StoredEnvelope, TailQuery } from '../store.ts'
import { takeBytes } from '../take-bytes.ts'
import type { PruneReport, PruneRequest } from '../upkeep.ts'

/** What an {@link EnvelopeStore} must answer. */
export class StoreOracle {
  rows: StoredEnvelope[] = []
  readonly #committedNs = new Map<StoredEnvelope, bigint>()
  #lastSequence = 0

  async append(envelopes: readonly Envelope[], committedNs = 0n): Promise<AppendResult[]> {
    const results: AppendResult[] = []
    for (const envelope of envelopes) results.push(this.#add(envelope, await digestOf(envelope)))
    for (const row of this.rows) {
      if (!this.#committedNs.has(row)) this.#committedNs.set(row, committedNs)
    }
    return results
  }

  prune(request: Omit<PruneRequest, 'limit'>): PruneReport {
    const isDue = (row: StoredEnvelope) =>
      topicCategory(row.contentTopic) === request.category &&
      (this.#committedNs.get(row) ?? 0n) < request.committedBeforeNs
    const due = this.rows.filter(isDue)
    this.rows = this.rows.filter((row) => !isDue(row))
    return {
      envelopes: due.length,
      bytes: due.reduce((sum, row) => sum + row.message.length, 0),
    }
  }

  range({ topics, startNs, endNs, after, direction, limit }: RangeQuery): StoredEnvelope[] {
    const isAscending = direction === 'ascending'
    const isBeyond = (row: StoredEnvelope) => {
      if (after === undefined) return true
      const { timestampNs = row.timestampNs, digest } = after
      const order =
        after.timestampNs === undefined
          ? compareBytes(row.digest, digest)
          : compareCursors(row, { timestampNs, digest })
      return isAscending ? order > 0 : order < 0
    }
    const sorted = this.rows
      .filter((row) => topics.includes(row.contentTopic))
      .filter((row) => startNs === undefined || row.timestampNs >= startNs)
      .filter((row) => endNs === undefined || row.timestampNs <= endNs)
      .filter(isBeyond)
      .sort(compareCursors)
    return (isAscending ? sorted : sorted.reverse()).slice(0, limit)
  }

  tail({ afterSequence, limit, topics, positions, maxBytes }: TailQuery): StoredEnvelope[] {
    const isBeyond = ({ contentTopic, sequence }: StoredEnvelope) =>
      positions === undefined ||
      (positions.has(contentTopic) && sequence > (positions.get(contentTopic) ?? 0))
    const page = this.rows
      .filter((row) => row.sequence > afterSequence)
      .filter((row) => topics === undefined || topics.includes(row.contentTopic))
      .filter(isBeyond)
      .slice(0, limit)
    return takeBytes(page, maxBytes)
  }

  counts(): StoreCounts {
    const envelopes = this.rows.length
    const topics = new Set(this.rows.map((row) => row.contentTopic)).size
    return { envelopes, topics, lastSequence: this.#lastSequence }
  }

  #add(envelope: Envelope, digest: Uint8Array): AppendResult {
    const same = this.rows.find(
      (row) =>
        row.contentTopic === envelope.contentTopic &&
        compareCursors(row, { ...envelope, digest }) === 0,
    )
    if (same !== undefined) return { sequence: same.sequence, isDuplicate: true }
    const sequence = ++this.#lastSequence
    this.rows.push({ ...envelope, sequence, digest })
    return { sequence, isDuplicate: false }
  }
}

/** SHA-256(topic || message) of an envelope, by WebCrypto. */
export async function digestOf(
  envelope: Pick<Envelope, 'contentTopic' | 'message'>,
): Promise<Uint8Array> {
  let covered = new Uint8Array()
  envelopeDigest(envelope, (data) => {
    covered = new Uint8Array(data)
    return data
  })
  return webSha256(covered)
}

/** SHA-256 by WebCrypto. */
export async function webSha256(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data))
}
