// Stored envelopes as they cross from a reader thread: a few flat arrays, transferred.

import type { StoredEnvelope } from '../store.ts'
import { timestampOfTime } from './time.ts'

/** A row of the statements in reader.ts. */
export type Row = {
  readonly sequence: bigint
  readonly name: string
  readonly time: bigint
  readonly digest: Uint8Array
  readonly message: Uint8Array
}

/** Rows; all arrays but `body` have one entry each. */
export type PackedRows = {
  readonly sequences: Float64Array
  readonly topics: readonly string[]
  readonly times: BigInt64Array
  readonly messageBytes: Uint32Array
  /** Digest (32 bytes) and message of each row, one after the other. */
  readonly body: Uint8Array<ArrayBuffer>
}

const digestBytes = 32

/** Copies rows into flat arrays. */
export function packRows(rows: readonly Row[]): PackedRows {
  const messageBytes = Uint32Array.from(rows, (row) => row.message.length)
  const total = messageBytes.reduce((sum, length) => sum + length, rows.length * digestBytes)
  const body = new Uint8Array(total)
  let at = 0
  for (const { digest, message } of rows) {
    body.set(digest, at)
    body.set(message, at + digestBytes)
    at += digestBytes + message.length
  }
  return {
    sequences: Float64Array.from(rows, (row) => Number(row.sequence)),
    topics: rows.map((row) => row.name),
    times: BigInt64Array.from(rows, (row) => row.time),
    messageBytes,
    body,
  }
}

/** The rows as the port gives them; digests and messages are views of one buffer. */
export function unpackRows(packed: PackedRows): StoredEnvelope[] {
  const { sequences, topics, times, messageBytes, body } = packed
  let at = 0
  return topics.map((contentTopic, i) => {
    const digestEnd = at + digestBytes
    const digest = body.subarray(at, digestEnd)
    at = digestEnd + (messageBytes[i] ?? 0)
    return {
      contentTopic,
      timestampNs: timestampOfTime(times[i] ?? 0n),
      message: body.subarray(digestEnd, at),
      sequence: sequences[i] ?? 0,
      digest,
    }
  })
}
