// A row as it is checked and as it crosses between threads: sequence and time (8 bytes each, big-endian),
// digest (32 bytes), message. Its checksum covers the topic's name, too, so that neither a wrong name nor a
// row of another topic passes.

import { crc32 } from 'node:zlib'

/** Bytes of a record before the message. */
export const recordHeadBytes = 48
const timeAt = 8
const digestAt = 16

/** What stands before the message. */
export type RecordHead = {
  readonly sequence: bigint
  /** As in the `time` column. */
  readonly time: bigint
  /** 32 bytes. */
  readonly digest: Uint8Array
}

/** Where in a buffer a record is, seen as bytes and as numbers. */
export type RecordPlace = {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly at: number
}

/** Writes the head of a record. */
export function writeRecordHead({ bytes, view, at }: RecordPlace, head: RecordHead): void {
  view.setBigInt64(at, head.sequence)
  view.setBigInt64(at + timeAt, head.time)
  bytes.set(head.digest, at + digestAt)
}

/** Reads the head of a record; the digest is a view. */
export function readRecordHead({ bytes, view, at }: RecordPlace): RecordHead {
  return {
    sequence: view.getBigInt64(at),
    time: view.getBigInt64(at + timeAt),
    digest: bytes.subarray(at + digestAt, at + recordHeadBytes),
  }
}

/** Where the checksums of a topic's rows begin; the name as text or as its UTF-8 bytes. */
export function topicChecksum(name: string | Uint8Array): number {
  return crc32(name)
}

/** CRC-32 of a topic's name and a record (or its head, to be continued with the message), unsigned. */
export function recordChecksum(record: Uint8Array, before: number): number {
  return crc32(record, before)
}

/** A row with all that its checksum covers. */
export type CheckedRow = RecordHead & { readonly name: string; readonly message: Uint8Array }

/** The checksum that a row should have. */
export function checksumOfRow(row: CheckedRow): number {
  const bytes = new Uint8Array(recordHeadBytes)
  writeRecordHead({ bytes, view: new DataView(bytes.buffer), at: 0 }, row)
  return recordChecksum(row.message, recordChecksum(bytes, topicChecksum(row.name)))
}
