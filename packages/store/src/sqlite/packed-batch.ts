// Envelopes and their results as they cross to the writer thread: a few flat arrays. Objects cost
// several times as much, and a view of a larger buffer would be copied with all of that buffer.

import type { Envelope } from '@posthorn/envelope'
import type { AppendResult } from '../store.ts'
import { timeOfTimestamp } from './time.ts'

/** Envelopes to append; all arrays but `body` have one entry each. */
export type PackedBatch = {
  readonly times: BigInt64Array
  readonly topicBytes: Uint32Array
  readonly messageBytes: Uint32Array
  /** Topic and message of each envelope, one after the other: what its digest covers. */
  readonly body: Uint8Array<ArrayBuffer>
  /** When the batch is committed. */
  readonly nowNs: bigint
}

/** One entry for each envelope of a batch. */
export type PackedResults = {
  readonly sequences: Float64Array
  readonly duplicates: Uint8Array
}

/** Copies envelopes into flat arrays. */
export function packBatch(envelopes: readonly Envelope[], nowNs: bigint): PackedBatch {
  const count = envelopes.length
  const topicBytes = Uint32Array.from(envelopes, (each) => Buffer.byteLength(each.contentTopic))
  const messageBytes = Uint32Array.from(envelopes, (each) => each.message.length)
  const times = new BigInt64Array(count)
  const body = Buffer.from(new ArrayBuffer(sum(topicBytes) + sum(messageBytes)))
  let at = 0
  for (const [i, { contentTopic, timestampNs, message }] of envelopes.entries()) {
    times[i] = timeOfTimestamp(timestampNs)
    at += body.write(contentTopic, at)
    body.set(message, at)
    at += message.length
  }
  return { times, topicBytes, messageBytes, body, nowNs }
}

/** The results as the port gives them. */
export function unpackResults({ sequences, duplicates }: PackedResults): AppendResult[] {
  return Array.from(sequences, (sequence, i) => ({ sequence, isDuplicate: duplicates[i] === 1 }))
}

function sum(lengths: Uint32Array): number {
  let total = 0
  for (const length of lengths) total += length
  return total
}
