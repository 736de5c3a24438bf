// Stored envelopes as they cross from a reader thread: a few flat arrays, transferred. No row gets in whose
// checksum does not hold.

import type { StorageError } from '@posthorn/errors'
import type { StoredEnvelope } from '../store.ts'
import {
  readRecordHead,
  recordChecksum,
  recordHeadBytes,
  topicChecksum,
  writeRecordHead,
} from './row-record.ts'
import { damageError } from './storage-error.ts'
import { timestampOfTime } from './time.ts'

/** A row of the statements in reader.ts. */
export type Row = {
  readonly sequence: bigint
  readonly name: string
  readonly time: bigint
  readonly digest: Uint8Array
  readonly message: Uint8Array
  readonly checksum: bigint
}

/** Whether all columns of a row are what they should be: damage may make them something else. */
export function isWholeRow(row: Row): boolean {
  return (
    typeof row.sequence === 'bigint' &&
    typeof row.name === 'string' &&
    typeof row.time === 'bigint' &&
    row.digest instanceof Uint8Array &&
    row.digest.length === digestBytes &&
    row.message instanceof Uint8Array &&
    typeof row.checksum === 'bigint'
  )
}

/**
 * A row from its columns, in the order of `rowColumns`.
 *
 * @throws StorageError `store/corrupt` when it is not whole
 */
export function wholeRow(columns: unknown): Row {
  const [sequence, name, time, digest, message, checksum] = columns as Columns
  const row: Row = { sequence, name, time, digest, message, checksum }
  if (!isWholeRow(row)) throw damagedRow(row)
  return row
}

type Columns = [bigint, string, bigint, Uint8Array, Uint8Array, bigint]

const digestBytes = 32

/** Rows; all arrays but `body` have one entry each. */
export type PackedRows = {
  readonly topics: readonly string[]
  readonly messageBytes: Uint32Array
  /** The rows' records, one after the other: see row-record.ts. */
  readonly body: Uint8Array<ArrayBuffer>
}

/**
 * Copies rows into flat arrays.
 *
 * @throws StorageError `store/corrupt`
 */
export function packRows(rows: readonly Row[]): PackedRows {
  const messageBytes = Uint32Array.from(rows, (row) => row.message.length)
  const total = messageBytes.reduce((sum, length) => sum + length, rows.length * recordHeadBytes)
  const bytes = new Uint8Array(total)
  const view = new DataView(bytes.buffer)
  const checksumOf = checksumsOfTopics()
  let at = 0
  for (const row of rows) {
    const end = at + recordHeadBytes + row.message.length
    writeRecordHead({ bytes, view, at }, row)
    bytes.set(row.message, at + recordHeadBytes)
    const checksum = recordChecksum(bytes.subarray(at, end), checksumOf(row.name))
    if (checksum !== Number(row.checksum)) throw damagedRow(row)
    at = end
  }
  return { topics: rows.map((row) => row.name), messageBytes, body: bytes }
}

/** The rows as the port gives them; digests and messages are views of one buffer. */
export function unpackRows({ topics, messageBytes, body }: PackedRows): StoredEnvelope[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  let at = 0
  return topics.map((contentTopic, i) => {
    const { sequence, time, digest } = readRecordHead({ bytes: body, view, at })
    const messageAt = at + recordHeadBytes
    at = messageAt + (messageBytes[i] ?? 0)
    const message = body.subarray(messageAt, at)
    const timestampNs = timestampOfTime(time)
    return { contentTopic, timestampNs, message, sequence: Number(sequence), digest }
  })
}

// Most pages have many rows of few topics.
function checksumsOfTopics(): (name: string) => number {
  const known = new Map<string, number>()
  return (name) => {
    const checksum = known.get(name) ?? topicChecksum(name)
    known.set(name, checksum)
    return checksum
  }
}

function damagedRow({ sequence }: Row): StorageError {
  return damageError('Read the store', `the checksum of row ${sequence} does not hold`)
}
