// JSON bodies of the gateway: camelCase, padded base64, 64-bit numbers as decimal strings, enums by name.
// Replies are untrusted: a field may be absent (its default), but never of another type.

import { fromBase64, toBase64 } from '@posthorn/bytes'
import { type Direction, type Envelope, maxTimestampNs, type TimeCursor } from '@posthorn/envelope'
import { CodecError } from '@posthorn/errors'
import type { LogPosition, QueryPage, QueryRequest } from './transport.ts'

type JsonObject = Readonly<Record<string, unknown>>

const directionNames: Readonly<Record<Direction, string>> = {
  ascending: 'SORT_DIRECTION_ASCENDING',
  descending: 'SORT_DIRECTION_DESCENDING',
}

/** Body of a publish call. */
export function encodePublish(envelopes: readonly Envelope[]): string {
  return JSON.stringify({ envelopes: envelopes.map(envelopeToJson) })
}

/** Body of a query call. */
export function encodeQuery(request: QueryRequest): string {
  return JSON.stringify(queryToJson(request))
}

/** Body of a batch-query call. */
export function encodeBatchQuery(requests: readonly QueryRequest[]): string {
  return JSON.stringify({ requests: requests.map(queryToJson) })
}

/** Body of a subscribe call. Without a start it begins now; `resume` undefined asks for no sequences. */
export function encodeSubscribe(topics: readonly string[], resume?: ResumeRequest): string {
  return JSON.stringify({
    contentTopics: topics,
    ...(resume === undefined ? {} : { resume: resumeToJson(resume.position) }),
  })
}

/** Asks for sequences, and perhaps for a start in the past. */
export type ResumeRequest = { readonly position: LogPosition | undefined }

/**
 * Any JSON object.
 *
 * @throws CodecError `transport/bad-reply`
 */
export function parseObject(text: string): JsonObject {
  try {
    return objectOf(JSON.parse(text), 'reply')
  } catch (cause) {
    throw cause instanceof CodecError ? cause : badReply('reply', 'JSON', cause)
  }
}

/** Reply of a query call. @throws CodecError `transport/bad-reply` */
export function decodeQueryPage(reply: JsonObject): QueryPage {
  const envelopes = arrayOf(reply['envelopes'], 'envelopes').map(decodeEnvelope)
  const nextCursor = decodeCursor(optionalObject(reply['pagingInfo'], 'pagingInfo')?.['cursor'])
  return nextCursor === undefined ? { envelopes } : { envelopes, nextCursor }
}

/** Reply of a batch-query call. @throws CodecError `transport/bad-reply` */
export function decodeBatchQuery(reply: JsonObject, expectedCount: number): readonly QueryPage[] {
  const pages = arrayOf(reply['responses'], 'responses').map((page) =>
    decodeQueryPage(objectOf(page, 'response')),
  )
  if (pages.length !== expectedCount) throw badReply('responses', `${expectedCount} of them`)
  return pages
}

/** One envelope. @throws CodecError `transport/bad-reply` */
export function decodeEnvelope(json: unknown): Envelope {
  const envelope = objectOf(json, 'envelope')
  return {
    contentTopic: stringOf(envelope['contentTopic'], 'contentTopic'),
    timestampNs: uint64Of(envelope['timestampNs'], 'timestampNs'),
    message: bytesOf(envelope['message'], 'message'),
  }
}

/** A field that must be an object; absent and null are undefined. @throws CodecError `transport/bad-reply` */
export function optionalObject(value: unknown, name: string): JsonObject | undefined {
  return value === undefined || value === null ? undefined : objectOf(value, name)
}

/** One line of a stream that asked for sequences; a mark has no topic. @throws CodecError `transport/bad-reply` */
export function decodeNumbered(json: JsonObject): {
  readonly sequence: number | undefined
  readonly logId: string
} {
  const sequence = uint64Of(json['sequence'], 'sequence')
  if (sequence > Number.MAX_SAFE_INTEGER) throw badReply('sequence', 'at most 2^53-1')
  const isGiven = json['sequence'] !== undefined && json['sequence'] !== null
  return {
    sequence: isGiven ? Number(sequence) : undefined,
    logId: stringOf(json['logId'], 'logId'),
  }
}

function resumeToJson(position: LogPosition | undefined): JsonObject {
  if (position === undefined) return {}
  const { logId, afterSequence, topicStarts = new Map<string, number>() } = position
  return {
    logId,
    afterSequence: `${afterSequence}`,
    positions: Array.from(topicStarts, ([contentTopic, after]) => ({
      contentTopic,
      afterSequence: `${after}`,
    })),
  }
}

function envelopeToJson(envelope: Envelope): JsonObject {
  return {
    contentTopic: envelope.contentTopic,
    timestampNs: envelope.timestampNs.toString(),
    message: toBase64(envelope.message),
  }
}

function queryToJson(request: QueryRequest): JsonObject {
  return {
    contentTopics: request.topics,
    ...(request.startNs === undefined ? {} : { startTimeNs: request.startNs.toString() }),
    ...(request.endNs === undefined ? {} : { endTimeNs: request.endNs.toString() }),
    pagingInfo: {
      ...(request.limit === undefined ? {} : { limit: request.limit }),
      ...(request.direction === undefined ? {} : { direction: directionNames[request.direction] }),
      ...(request.cursor === undefined ? {} : { cursor: cursorToJson(request.cursor) }),
    },
  }
}

function cursorToJson(cursor: TimeCursor): JsonObject {
  return {
    index: { digest: toBase64(cursor.digest), senderTimeNs: cursor.timestampNs.toString() },
  }
}

function decodeCursor(value: unknown): TimeCursor | undefined {
  const index = optionalObject(optionalObject(value, 'cursor')?.['index'], 'index')
  if (index === undefined) return undefined
  return {
    digest: bytesOf(index['digest'], 'digest'),
    timestampNs: uint64Of(index['senderTimeNs'], 'senderTimeNs'),
  }
}

function objectOf(value: unknown, name: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badReply(name, 'an object')
  }
  return value as JsonObject
}

function arrayOf(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw badReply(name, 'an array')
  return value
}

function stringOf(value: unknown, name: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw badReply(name, 'a string')
  return value
}

function bytesOf(value: unknown, name: string): Uint8Array {
  try {
    return fromBase64(stringOf(value, name))
  } catch (cause) {
    throw badReply(name, 'base64', cause)
  }
}

function uint64Of(value: unknown, name: string): bigint {
  if (value === undefined || value === null) return 0n
  const isText = typeof value === 'string' && /^\d{1,20}$/.test(value)
  if (!isText && !(Number.isSafeInteger(value) && Number(value) >= 0)) {
    throw badReply(name, 'a decimal string')
  }
  const number = BigInt(value as string | number)
  if (number > maxTimestampNs) throw badReply(name, 'at most 64 bits')
  return number
}

function badReply(name: string, wanted: string, cause?: unknown): CodecError {
  return new CodecError('transport/bad-reply', `Read ${name} of the node: expected ${wanted}`, {
    cause,
  })
}
