// Query: one page of stored envelopes in the order of the sender's time.

import {
  type Direction,
  maxPreferencesQueryRows,
  maxQueryRows,
  topicCategory,
} from '@posthorn/envelope'
import { ValidationError } from '@posthorn/errors'
import type { EnvelopeStore, RangeQuery, StoredEnvelope } from '@posthorn/store'
import {
  type PagingInfo,
  type QueryRequest,
  type QueryResponse,
  SortDirection,
} from '@posthorn/wire'
import { type Call, type UnaryMethod, unaryMethod } from '../method.ts'
import { withWholeCursor } from './cursor.ts'
import { queryReplyForm, queryRequestForm } from './forms.ts'
import { messageApiService } from './service.ts'

/** Most message bytes in one answer. */
export const maxAnswerBytes: number = 16 * 1024 * 1024
// A row is held as it was read and as it is written, which base64 makes longer.
const copiesOfRow = 3

/** Query. */
export function queryMethod(store: EnvelopeStore): UnaryMethod {
  return unaryMethod({
    service: messageApiService,
    rpc: 'Query',
    httpPath: '/message/v1/query',
    request: queryRequestForm,
    reply: queryReplyForm,
    handle: async (request, call) => {
      call.spend(1)
      return readPage(store, request, { call, maxBytes: maxAnswerBytes })
    },
  })
}

/** How a page is read. */
export type PageContext = {
  readonly call: Pick<Call, 'hold'>
  /** The page ends early once its messages have as many bytes; its cursor says where to go on. */
  readonly maxBytes: number
}

/**
 * The page that answers a request.
 *
 * @throws ValidationError as {@link rangeOf}; TransportError `transport/overloaded`
 */
export async function readPage(
  store: EnvelopeStore,
  request: QueryRequest,
  { call, maxBytes }: PageContext,
): Promise<QueryResponse> {
  const range = { ...rangeOf(request), maxBytes }
  const rows = await store.range(await withWholeCursor(store, range))
  call.hold(bytesOf(rows) * copiesOfRow)
  return pageOf(rows, range, request)
}

/** Bytes of the messages of a page. */
export function bytesOf(rows: readonly { readonly message: Uint8Array }[]): number {
  return rows.reduce((sum, { message }) => sum + message.length, 0)
}

/**
 * What to ask the store for a request.
 *
 * @throws ValidationError `query/no-topics`, `query/too-many-rows`
 */
export function rangeOf(request: QueryRequest): RangeQuery {
  const { contentTopics, startTimeNs, endTimeNs, pagingInfo } = request
  if (contentTopics.length === 0) {
    throw new ValidationError(
      'query/no-topics',
      'Query: content topics required: none given, expected at least one',
    )
  }
  return {
    topics: contentTopics,
    startNs: startTimeNs === 0n ? undefined : startTimeNs,
    endNs: endTimeNs === 0n ? undefined : endTimeNs,
    after: afterOf(pagingInfo),
    direction: directionOf(pagingInfo),
    limit: limitOf(request),
  }
}

/** The page of some rows; it has a cursor only when it is full. */
function pageOf(
  rows: readonly StoredEnvelope[],
  range: RangeQuery,
  request: QueryRequest,
): QueryResponse {
  const last = rows.at(-1)
  const isCut = range.maxBytes !== undefined && bytesOf(rows) >= range.maxBytes
  const isFull = (rows.length >= range.limit || isCut) && last !== undefined
  return {
    envelopes: rows.map(({ contentTopic, timestampNs, message }) => ({
      contentTopic,
      timestampNs,
      message,
    })),
    pagingInfo: {
      limit: isFull ? Math.min(range.limit, maxQueryRows) : 0,
      cursor: isFull
        ? {
            cursor: {
              $case: 'index',
              value: { digest: last.digest, senderTimeNs: last.timestampNs },
            },
          }
        : undefined,
      direction: request.pagingInfo?.direction || SortDirection.SORT_DIRECTION_DESCENDING,
    },
  }
}

function directionOf(paging: PagingInfo | undefined): Direction {
  return paging?.direction === SortDirection.SORT_DIRECTION_ASCENDING ? 'ascending' : 'descending'
}

// A cursor without a digest filters nothing, and one without a time compares digests alone: clients
// have depended on both.
function afterOf(paging: PagingInfo | undefined): RangeQuery['after'] {
  const index = paging?.cursor?.cursor?.value
  if (index === undefined || index.digest.length === 0) return undefined
  const { digest, senderTimeNs } = index
  return senderTimeNs === 0n ? { digest } : { digest, timestampNs: senderTimeNs }
}

function limitOf({ contentTopics, pagingInfo }: QueryRequest): number {
  const limit = pagingInfo?.limit ?? 0
  if (limit === 0) return maxQueryRows
  const [only = ''] = contentTopics
  const isPreferences = contentTopics.length === 1 && topicCategory(only) === 'userpreferences'
  const maxRows = isPreferences ? maxPreferencesQueryRows : maxQueryRows
  if (limit > maxRows) {
    throw new ValidationError(
      'query/too-many-rows',
      `Query: cannot exceed ${maxRows} rows per query: ${limit} asked`,
    )
  }
  return limit
}
