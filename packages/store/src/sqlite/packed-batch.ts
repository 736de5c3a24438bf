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
  /** Topic and message of each envelope, one after the other: what its digest covers. There may be room behind them. */
  readonly body: Uint8Array<ArrayBuffer>
  /** When the batch is committed. */
  readonly nowNs: bigint
}

/** One entry for each envelope of a batch. */
export type PackedResults = {
  readonly sequences: Float64Array
  readonly duplicates: Uint8Array
  /** The body of the batch, to be filled again: a new one would have to be zeroed and collected each time. */
  readonly body: Uint8Array<ArrayBuffer>
}

const leastBodyBytes = 65_536
const mostSpareBytes = 4_194_304

/** Copies envelopes into flat arrays; into a spare body where that has room for them. */
export function packBatch(
  envelopes: readonly Envelope[],
  nowNs: bigint,
  spare?: Uint8Array<ArrayBuffer>,
): PackedBatch {
  const count = envelopes.length
  const topicBytes = new Uint32Array(count)
  const messageBytes = new Uint32Array(count)
  const times = new BigInt64Array(count)
  let bytes = 0
  for (const [i, { contentTopic, message }] of envelopes.entries()) {
    const own = Buffer.byteLength(contentTopic)
    topicBytes[i] = own
    messageBytes[i] = message.length
    bytes += own + message.length
  }
  const body = Buffer.from(bufferOf(bytes, spare))
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

/** The body, when it is worth to be kept. */
export function spareOf({ body }: PackedResults): Uint8Array<ArrayBuffer> | undefined {
  return body.byteLength <= mostSpareBytes ? body : undefined
}

function bufferOf(bytes: number, spare: Uint8Array<ArrayBuffer> | undefined): ArrayBuffer {
  if (spare !== undefined && spare.byteLength >= bytes) return spare.buffer
  // Rounded up, so that somewhat larger batches fit, too.
  return new ArrayBuffer(Math.max(leastBodyBytes, 2 ** Math.ceil(Math.log2(bytes))))
}
