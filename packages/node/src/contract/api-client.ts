// One client for every protocol, so that each test of the API runs over all of them. The clients are
// made by hand out of frames and bodies: they share no code with the node's own codecs.

import type {
  BatchQueryRequest,
  BatchQueryResponse,
  Envelope,
  QueryRequest,
  QueryResponse,
  Resume,
} from '@posthorn/wire'

/** How a call ended. */
export type Outcome<T> = {
  /** gRPC status. */
  readonly status: number
  readonly message: string
  /** Status of HTTP, where it says something of its own. */
  readonly httpStatus: number
  /** The stable error code. */
  readonly code: string | undefined
  readonly reply: T | undefined
}

/** An envelope, with what streams that resume have besides. */
export type LiveEnvelope = Envelope & { readonly sequence?: bigint; readonly logId?: string }

/** A running subscription. */
export type LiveStream = {
  /** Whether the headers said `subscribed`. */
  readonly isSubscribed: boolean
  /** The next envelope; undefined at the end. */
  next(): Promise<LiveEnvelope | undefined>
  /** How the stream ended, after `next` gave undefined. */
  outcome(): Outcome<undefined>
  /** Leaves without a word. */
  cancel(): void
}

/** The API, whatever carries it. */
export type ApiClient = {
  readonly protocol: string
  publish(envelopes: readonly Envelope[], authorization?: string): Promise<Outcome<unknown>>
  query(request: Partial<QueryRequest>): Promise<Outcome<QueryResponse>>
  batchQuery(request: BatchQueryRequest): Promise<Outcome<BatchQueryResponse>>
  /** With `resume`, envelopes are numbered. */
  subscribe(topics: readonly string[], resume?: Resume): Promise<LiveStream>
  subscribeAll(): Promise<LiveStream>
  close(): void
}

/** A request for one page. */
export function queryOf(request: Partial<QueryRequest>): QueryRequest {
  return { contentTopics: [], startTimeNs: 0n, endTimeNs: 0n, pagingInfo: undefined, ...request }
}
