// A store so plain that it is right by reading: one list, searched from end to end.

import { compareBytes } from '@posthorn/bytes'
import { compareCursors, type Envelope, envelopeDigest } from '@posthorn/envelope'
import type { AppendResult, RangeQuery, StoreCounts, StoredEnvelope, TailQuery } from '../store.ts'

/** What an {@link EnvelopeStore} must answer. */
export class StoreOracle {
  readonly rows: StoredEnvelope[] = []

  async append(envelopes: readonly Envelope[]): Promise<AppendResult[]> {
    const results: AppendResult[] = []
    for (const envelope of envelopes) results.push(this.#add(envelope, await digestOf(envelope)))
    return results
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

  tail({ afterSequence, limit, topics }: TailQuery): StoredEnvelope[] {
    return this.rows
      .filter((row) => row.sequence > afterSequence)
      .filter((row) => topics === undefined || topics.includes(row.contentTopic))
      .slice(0, limit)
  }

  counts(): StoreCounts {
    const envelopes = this.rows.length
    const topics = new Set(this.rows.map((row) => row.contentTopic)).size
    return { envelopes, topics, lastSequence: envelopes }
  }

  #add(envelope: Envelope, digest: Uint8Array): AppendResult {
    const same = this.rows.find(
      (row) =>
        row.contentTopic === envelope.contentTopic &&
        compareCursors(row, { ...envelope, digest }) === 0,
    )
    if (same !== undefined) return { sequence: same.sequence, isDuplicate: true }
    const sequence = this.rows.length + 1
    this.rows.push({ ...envelope, sequence, digest })
    return { sequence, isDuplicate: false }
  }
}

/** SHA-256(topic || message) of an envelope, by WebCrypto. */
export async function digestOf(envelope: Envelope): Promise<Uint8Array> {
  let covered = new Uint8Array()
  envelopeDigest(envelope, (data) => {
    covered = new Uint8Array(data)
    return data
  })
  return new Uint8Array(await crypto.subtle.digest('SHA-256', covered))
}
