// The messages of xmtp.message_api.v1 in protobuf, by field number.

import type { Direction, Envelope, Page, Query } from './api.ts'
import {
  bytesOf,
  type Field,
  numberOf,
  readFields,
  textField,
  textOf,
  writeAllFields,
  writeFields,
} from './protobuf.ts'

const directionNumbers = { ascending: 1n, descending: 2n } as const
const directionNames = ['unspecified', 'ascending', 'descending']

/** PublishRequest. */
export function writePublish(envelopes: readonly Envelope[]): Uint8Array {
  return writeAllFields(
    envelopes.map((envelope) => ({ number: 1, value: writeEnvelope(envelope) })),
  )
}

/** SubscribeRequest. */
export function writeSubscribe(contentTopics: readonly string[]): Uint8Array {
  return writeAllFields(contentTopics.map((topic) => textField(1, topic)))
}

/** QueryRequest. */
export function writeQuery(query: Query): Uint8Array {
  return writeAllFields([
    ...query.contentTopics.map((topic) => textField(1, topic)),
    { number: 2, value: query.startTimeNs ?? 0n },
    { number: 3, value: query.endTimeNs ?? 0n },
    { number: 4, value: writePaging(query) },
  ])
}

/** BatchQueryRequest. */
export function writeBatch(queries: readonly Query[]): Uint8Array {
  return writeAllFields(queries.map((query) => ({ number: 1, value: writeQuery(query) })))
}

/** Envelope. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  const fields = readFields(bytes)
  return {
    contentTopic: textOf(fields, 1),
    timestampNs: numberOf(fields, 2),
    message: bytesOf(fields, 3).at(-1) ?? new Uint8Array(0),
  }
}

/** QueryResponse. */
export function readPage(bytes: Uint8Array): Page {
  const fields = readFields(bytes)
  const paging = readFields(bytesOf(fields, 2).at(-1) ?? new Uint8Array(0))
  const cursor = bytesOf(paging, 2).at(-1)
  return {
    envelopes: bytesOf(fields, 1).map(readEnvelope),
    limit: Number(numberOf(paging, 1)),
    cursor: cursor && readCursor(cursor),
    direction: directionNames[Number(numberOf(paging, 3))] ?? 'unknown',
  }
}

/** BatchQueryResponse. */
export function readBatch(bytes: Uint8Array): readonly Page[] {
  return bytesOf(readFields(bytes), 1).map(readPage)
}

function writeEnvelope({ contentTopic, timestampNs, message }: Envelope): Uint8Array {
  return writeFields([
    textField(1, contentTopic),
    { number: 2, value: timestampNs },
    { number: 3, value: message },
  ])
}

function writePaging({ limit = 0, cursor, direction }: Query): Uint8Array {
  const fields: Field[] = [{ number: 1, value: BigInt(limit) }]
  if (cursor !== undefined) {
    const index = writeFields([
      { number: 1, value: cursor.digest ?? new Uint8Array(0) },
      { number: 2, value: cursor.senderTimeNs ?? 0n },
    ])
    fields.push({ number: 2, value: writeAllFields([{ number: 1, value: index }]) })
  }
  fields.push({ number: 3, value: directionNumber(direction) })
  return writeAllFields(fields)
}

function directionNumber(direction: Direction | undefined): bigint {
  return direction === undefined ? 0n : directionNumbers[direction]
}

function readCursor(bytes: Uint8Array): Page['cursor'] {
  const [index] = bytesOf(readFields(bytes), 1)
  if (index === undefined) return undefined
  const fields = readFields(index)
  return {
    digest: bytesOf(fields, 1).at(-1) ?? new Uint8Array(0),
    senderTimeNs: numberOf(fields, 2),
  }
}
