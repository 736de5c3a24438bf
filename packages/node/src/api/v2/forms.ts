// The request and reply messages of the V2 API in their two forms, protobuf and JSON.

import {
  BatchQueryRequest,
  BatchQueryResponse,
  type Cursor,
  type Envelope,
  encode,
  type IndexCursor,
  type PagingInfo,
  PublishRequest,
  PublishResponse,
  QueryRequest,
  type QueryResponse,
  type Resume,
  SortDirection,
  SubscribeAllRequest,
  SubscribeRequest,
  type TopicPosition,
} from '@posthorn/wire'
import { queryResponseJson } from '../../json/envelope-json.ts'
import {
  type JsonReader,
  readBytes,
  readEnum,
  readList,
  readObject,
  readOptional,
  readText,
  readUint32,
  readUint64,
} from '../../json/reader.ts'
import type { ReplyForm, RequestForm } from '../method.ts'
import type { MessageShape } from '../value-bounds.ts'
import { encodePage } from './encode-page.ts'

// Of pages: the cursor, and the index in it.
const queryShape: MessageShape = { 4: { 2: { 1: {} } } }

const readEnvelope: JsonReader<Envelope> = readObject((field) => ({
  contentTopic: field('contentTopic', readText),
  timestampNs: field('timestampNs', readUint64),
  message: field('message', readBytes),
}))

const readIndexCursor: JsonReader<IndexCursor> = readObject((field) => ({
  digest: field('digest', readBytes),
  senderTimeNs: field('senderTimeNs', readUint64),
}))

const readCursor: JsonReader<Cursor> = readObject((field) => {
  const index = field('index', readOptional(readIndexCursor))
  return { cursor: index === undefined ? undefined : { $case: 'index', value: index } }
})

const readPagingInfo: JsonReader<PagingInfo> = readObject((field) => ({
  limit: field('limit', readUint32),
  cursor: field('cursor', readOptional(readCursor)),
  direction: field('direction', readEnum<SortDirection>(SortDirection)),
}))

const readQuery: JsonReader<QueryRequest> = readObject((field) => ({
  contentTopics: field('contentTopics', readList(readText)),
  startTimeNs: field('startTimeNs', readUint64),
  endTimeNs: field('endTimeNs', readUint64),
  pagingInfo: field('pagingInfo', readOptional(readPagingInfo)),
}))

const readPosition: JsonReader<TopicPosition> = readObject((field) => ({
  contentTopic: field('contentTopic', readText),
  afterSequence: field('afterSequence', readUint64),
}))

const readResume: JsonReader<Resume> = readObject((field) => ({
  logId: field('logId', readText),
  afterSequence: field('afterSequence', readOptional(readUint64)),
  positions: field('positions', readList(readPosition)),
}))

/** PublishRequest. */
export const publishRequestForm: RequestForm<PublishRequest> = {
  typeName: 'PublishRequest',
  codec: PublishRequest,
  shape: { 1: {} },
  json: readObject((field) => ({ envelopes: field('envelopes', readList(readEnvelope)) })),
}

/** PublishResponse. */
export const publishReplyForm: ReplyForm<PublishResponse> = {
  proto: (reply) => encode(PublishResponse, reply),
  json: () => '{}',
}

/** QueryRequest. */
export const queryRequestForm: RequestForm<QueryRequest> = {
  typeName: 'QueryRequest',
  codec: QueryRequest,
  shape: queryShape,
  json: readQuery,
}

/** QueryResponse. */
export const queryReplyForm: ReplyForm<QueryResponse> = {
  proto: encodePage,
  json: queryResponseJson,
}

/** BatchQueryRequest. */
export const batchQueryRequestForm: RequestForm<BatchQueryRequest> = {
  typeName: 'BatchQueryRequest',
  codec: BatchQueryRequest,
  shape: { 1: queryShape },
  json: readObject((field) => ({ requests: field('requests', readList(readQuery)) })),
}

/** BatchQueryResponse. */
export const batchQueryReplyForm: ReplyForm<BatchQueryResponse> = {
  proto: (reply) => encode(BatchQueryResponse, reply),
  json: (reply) => `{"responses":[${reply.responses.map(queryResponseJson).join(',')}]}`,
}

/** SubscribeRequest. */
export const subscribeRequestForm: RequestForm<SubscribeRequest> = {
  typeName: 'SubscribeRequest',
  codec: SubscribeRequest,
  shape: { 5555: { 3: {} } },
  json: readObject((field) => ({
    contentTopics: field('contentTopics', readList(readText)),
    resume: field('resume', readOptional(readResume)),
  })),
}

/** SubscribeAllRequest. */
export const subscribeAllRequestForm: RequestForm<SubscribeAllRequest> = {
  typeName: 'SubscribeAllRequest',
  codec: SubscribeAllRequest,
  shape: {},
  json: readObject(() => ({})),
}
