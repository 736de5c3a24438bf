// The messages of the API by the published protobufjs, from field numbers alone.

import { loadPeer } from '../../peers/load.ts'

export type Envelope = { contentTopic: string; timestampNs: string; message: Uint8Array }
export type Cursor = { index?: { digest?: Uint8Array; senderTimeNs?: string } }
export type PagingInfo = { limit: number; cursor?: Cursor | null; direction: string }
export type QueryRequest = {
  contentTopics: readonly string[]
  startTimeNs?: string
  endTimeNs?: string
  pagingInfo?: { limit?: number; cursor?: Cursor; direction?: string }
}
export type QueryReply = { envelopes: Envelope[]; pagingInfo: PagingInfo }

export type Codec<T> = { encode(value: T): Buffer; decode(bytes: Uint8Array): T }

type PbType = {
  fromObject(value: unknown): object
  encode(message: object): { finish(): Uint8Array }
  decode(bytes: Uint8Array): object
  toObject(message: object, options: object): unknown
}
type ProtobufJs = {
  parse(text: string, options?: object): { root: { lookupType(name: string): PbType } }
}

const { root } = loadPeer<ProtobufJs>('protobufjs').parse(`
  syntax = "proto3";
  enum SortDirection {
    SORT_DIRECTION_UNSPECIFIED = 0; SORT_DIRECTION_ASCENDING = 1; SORT_DIRECTION_DESCENDING = 2;
  }
  message Envelope { string content_topic = 1; uint64 timestamp_ns = 2; bytes message = 3; }
  message PublishRequest { repeated Envelope envelopes = 1; }
  message Empty {}
  message SubscribeRequest { repeated string content_topics = 1; }
  message IndexCursor { bytes digest = 1; uint64 sender_time_ns = 2; }
  message Cursor { oneof cursor { IndexCursor index = 1; } }
  message PagingInfo { uint32 limit = 1; Cursor cursor = 2; SortDirection direction = 3; }
  message QueryRequest {
    repeated string content_topics = 1; uint64 start_time_ns = 2; uint64 end_time_ns = 3;
    PagingInfo paging_info = 4;
  }
  message QueryResponse { repeated Envelope envelopes = 1; PagingInfo paging_info = 2; }
  message BatchQueryRequest { repeated QueryRequest requests = 1; }
  message BatchQueryResponse { repeated QueryResponse responses = 1; }
  message HealthCheckRequest { string service = 1; }
  message HealthCheckResponse { int32 status = 1; }
`)

function codec<T>(name: string): Codec<T> {
  const type = root.lookupType(name)
  return {
    encode: (value) => Buffer.from(type.encode(type.fromObject(value)).finish()),
    decode: (bytes) =>
      type.toObject(type.decode(bytes), { longs: String, enums: String, defaults: true }) as T,
  }
}

export const publishRequest: Codec<{ envelopes: readonly Envelope[] }> = codec('PublishRequest')
export const empty: Codec<object> = codec('Empty')
export const envelope: Codec<Envelope> = codec('Envelope')
export const subscribeRequest: Codec<{ contentTopics: readonly string[] }> =
  codec('SubscribeRequest')
export const queryRequest: Codec<QueryRequest> = codec('QueryRequest')
export const queryReply: Codec<QueryReply> = codec('QueryResponse')
export const batchRequest: Codec<{ requests: readonly QueryRequest[] }> = codec('BatchQueryRequest')
export const batchReply: Codec<{ responses: QueryReply[] }> = codec('BatchQueryResponse')
export const healthRequest: Codec<{ service: string }> = codec('HealthCheckRequest')
export const healthReply: Codec<{ status: number }> = codec('HealthCheckResponse')
