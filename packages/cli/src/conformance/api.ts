// What a V2 node can be asked, in one form for every protocol.

/** Protocols that a node may speak. */
export const protocols = ['json', 'grpc', 'grpc-web'] as const

/** One of them. */
export type Protocol = (typeof protocols)[number]

/** An envelope as a client publishes it. */
export type Envelope = {
  readonly contentTopic: string
  readonly timestampNs: bigint
  readonly message: Uint8Array
}

/** Order of a page, by sender time. */
export type Direction = 'ascending' | 'descending'

/** Position in a topic. Either part may be missing. */
export type Cursor = { readonly digest?: Uint8Array; readonly senderTimeNs?: bigint }

/** A query; what is missing is not sent. */
export type Query = {
  readonly contentTopics: readonly string[]
  readonly startTimeNs?: bigint
  readonly endTimeNs?: bigint
  readonly limit?: number
  readonly cursor?: Cursor
  readonly direction?: Direction
}

/** The answer to a query. */
export type Page = {
  readonly envelopes: readonly Envelope[]
  readonly limit: number
  readonly cursor: Required<Cursor> | undefined
  readonly direction: string
}

/** How a call ended: the gRPC code, 0 for success, -1 when the node gave none. */
export type Answer<T> = {
  readonly code: number
  readonly message: string
  readonly reply?: T | undefined
}

/** A stream that is open. */
export type Live = {
  /** Resolves once the node has shown that it is subscribed, or after a while if it holds that back. */
  readonly ready: Promise<void>
  /** Headers of the answer, undefined as long as there are none. */
  headers(): Readonly<Record<string, unknown>> | undefined
  /** Everything that came so far. */
  readonly received: readonly Envelope[]
  /** Resolves with what came once `wanted` envelopes did or `timeoutMs` passed. */
  take(wanted: number, timeoutMs: number): Promise<readonly Envelope[]>
  /** How the node ended it. */
  readonly ended: Promise<Answer<undefined>>
  cancel(): void
}

/** A client of one node by one protocol. */
export type Api = AsyncDisposable & {
  readonly protocol: Protocol
  publish(envelopes: readonly Envelope[], authorization?: string): Promise<Answer<unknown>>
  query(query: Query, authorization?: string): Promise<Answer<Page>>
  batchQuery(queries: readonly Query[]): Promise<Answer<readonly Page[]>>
  subscribe(contentTopics: readonly string[], options?: LiveOptions): Live
  subscribeAll(): Live
}

/** How a stream is opened. */
export type LiveOptions = {
  /** Time after which the node is to end it. */
  readonly deadlineMs?: number
}
