// Messages of calls and replies in protobuf.

import { type Direction, type Envelope, maxTimestampNs, type TimeCursor } from '@posthorn/envelope'
import { CodecError, ValidationError } from '@posthorn/errors'
import {
  BatchQueryRequest,
  BatchQueryResponse,
  decode,
  encode,
  NumberedEnvelope,
  type PagingInfo,
  PublishRequest,
  QueryResponse,
  type Resume,
  SortDirection,
  SubscribeRequest,
  type QueryResponse as WirePage,
  QueryRequest as WireQueryRequest,
} from '@posthorn/wire'
import type { ResumeRequest } from '../json-codec.ts'
import type { LiveEnvelope, LogMark, LogPosition, QueryPage, QueryRequest } from '../transport.ts'

const directions: Readonly<Record<Direction, SortDirection>> = {
  ascending: SortDirection.SORT_DIRECTION_ASCENDING,
  descending: SortDirection.SORT_DIRECTION_DESCENDING,
}

/** Message of a publish call. */
export function encodePublish(envelopes: readonly Envelope[]): Uint8Array {
  return encode(PublishRequest, { envelopes: [...envelopes] })
}

/** Message of a query call. @throws ValidationError `transport/invalid-argument` */
export function encodeQuery(request: QueryRequest): Uint8Array {
  return encode(WireQueryRequest, queryToWire(request))
}

/** Message of a batch-query call. @throws ValidationError `transport/invalid-argument` */
export function encodeBatchQuery(requests: readonly QueryRequest[]): Uint8Array {
  return encode(BatchQueryRequest, { requests: requests.map(queryToWire) })
}

/** Message of a subscribe call. Without a start it begins now; `resume` undefined asks for no sequences. */
export function encodeSubscribe(topics: readonly string[], resume?: ResumeRequest): Uint8Array {
  return encode(SubscribeRequest, {
    contentTopics: [...topics],
    resume: resume && resumeToWire(resume.position),
  })
}

/** Reply of a query call. @throws CodecError `transport/bad-reply` */
export function decodeQueryPage(reply: Uint8Array): QueryPage {
  return pageOf(read(QueryResponse, reply, 'QueryResponse'))
}

/** Reply of a batch-query call. @throws CodecError `transport/bad-reply` */
export function decodeBatchQuery(reply: Uint8Array, expectedCount: number): readonly QueryPage[] {
  const { responses } = read(BatchQueryResponse, reply, 'BatchQueryResponse')
  if (responses.length === expectedCount) return responses.map(pageOf)
  throw badReply(`${responses.length} pages, wanted ${expectedCount}`)
}

/** What one message of a stream says: an envelope, a mark, or only that the node is there. */
export type StreamItem = {
  readonly envelope?: LiveEnvelope
  readonly mark?: LogMark
}

/** One message of a stream. @throws CodecError `transport/bad-reply` */
export function decodeStreamItem(reply: Uint8Array): StreamItem {
  const { contentTopic, timestampNs, message, sequence, logId } = read(
    NumberedEnvelope,
    reply,
    'Envelope',
  )
  if (sequence > Number.MAX_SAFE_INTEGER) throw badReply('a sequence over 2^53-1')
  const number = Number(sequence)
  if (contentTopic === '') return logId === '' ? {} : { mark: { logId, sequence: number } }
  const envelope = { contentTopic, timestampNs, message }
  return { envelope: number === 0 ? envelope : { ...envelope, sequence: number } }
}

function queryToWire({ topics, startNs, endNs, ...paging }: QueryRequest): WireQueryRequest {
  return {
    contentTopics: [...topics],
    startTimeNs: timeOf(startNs),
    endTimeNs: timeOf(endNs),
    pagingInfo: pagingToWire(paging),
  }
}

type Paging = Pick<QueryRequest, 'limit' | 'direction' | 'cursor'>

function pagingToWire({ limit = 0, direction, cursor }: Paging): PagingInfo {
  if (!Number.isInteger(limit) || limit < 0 || limit > 0xffff_ffff) {
    throw wrong('limit', 'an integer of 32 bits')
  }
  return {
    limit,
    direction:
      direction === undefined ? SortDirection.SORT_DIRECTION_UNSPECIFIED : directions[direction],
    cursor: cursor && {
      cursor: {
        $case: 'index',
        value: { digest: cursor.digest, senderTimeNs: timeOf(cursor.timestampNs) },
      },
    },
  }
}

// Zero stands for no bound.
function timeOf(ns: bigint | undefined): bigint {
  if (ns === undefined) return 0n
  if (ns >= 0n && ns <= maxTimestampNs) return ns
  throw wrong('a time', '64 bits of nanoseconds since 1970')
}

function resumeToWire(position: LogPosition | undefined): Resume {
  if (position === undefined) return { logId: '', positions: [] }
  const { logId, afterSequence, topicStarts = new Map<string, number>() } = position
  return {
    logId,
    afterSequence: BigInt(afterSequence),
    positions: Array.from(topicStarts, ([contentTopic, after]) => ({
      contentTopic,
      afterSequence: BigInt(after),
    })),
  }
}

function pageOf({ envelopes, pagingInfo }: WirePage): QueryPage {
  const cursor = pagingInfo?.cursor?.cursor?.value
  if (cursor === undefined) return { envelopes }
  const { digest, senderTimeNs: timestampNs } = cursor
  const nextCursor: TimeCursor = { digest, timestampNs }
  return { envelopes, nextCursor }
}

function read<T>(codec: Parameters<typeof decode<T>>[0], bytes: Uint8Array, typeName: string): T {
  try {
    return decode(codec, bytes, typeName)
  } catch (cause) {
    throw badReply(`no ${typeName}`, cause)
  }
}

function badReply(found: string, cause?: unknown): CodecError {
  return new CodecError('transport/bad-reply', `Read reply of the node: found ${found}`, { cause })
}

function wrong(what: string, wanted: string): ValidationError {
  return new ValidationError('transport/invalid-argument', `Query: ${what} is not ${wanted}`)
}
