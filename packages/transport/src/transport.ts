// The transport port: how a client reaches a network. Implementations know one way each; they neither
// encrypt nor understand what they carry.

import type { Direction, Envelope, TimeCursor } from '@posthorn/envelope'

/** Options that every call takes. */
export type CallOptions = {
  readonly signal?: AbortSignal | undefined
}

/** One page of one or more topics. */
export type QueryRequest = {
  readonly topics: readonly string[]
  /** Inclusive. */
  readonly startNs?: bigint | undefined
  /** Inclusive. */
  readonly endNs?: bigint | undefined
  /** 1 to 100; the node's default is 100. */
  readonly limit?: number | undefined
  /** The node's default is descending: newest first. */
  readonly direction?: Direction | undefined
  /** `nextCursor` of the page before. */
  readonly cursor?: TimeCursor | undefined
}

/** Rows of a page; no `nextCursor` means that it is the last. */
export type QueryPage = {
  readonly envelopes: readonly Envelope[]
  readonly nextCursor?: TimeCursor | undefined
}

/** How far a stream has got in the log of its node; sequences mean something only in their own log. */
export type LogMark = {
  /** Name of the log. */
  readonly logId: string
  /** Everything of the stream's topics up to here has been sent. */
  readonly sequence: number
}

/** Where a stream starts. */
export type LogPosition = {
  readonly logId: string
  /** Exclusive, for every topic without a start of its own. */
  readonly afterSequence: number
  /** Exclusive, by topic; 0 is the beginning. */
  readonly topicStarts?: ReadonlyMap<string, number> | undefined
}

/** What a subscription tells its reader besides envelopes. */
export type SubscribeOptions = CallOptions & {
  /** Called once the node has confirmed: whatever is published from now on arrives. */
  readonly onOpen?: (() => void) | undefined
  /** Asks for sequences. Called with every mark; a node that knows no sequences sends none. */
  readonly onMark?: ((mark: LogMark) => void) | undefined
  /** With `onMark`: starts there instead of now. A node that knows no sequences starts now. */
  readonly position?: LogPosition | undefined
}

/** An envelope of a stream. */
export type LiveEnvelope = Envelope & {
  /** Its number in the log of the node, where the stream asked for it and the node stored it. */
  readonly sequence?: number | undefined
}

/**
 * A connection to one node.
 * Methods throw TransportError (`transport/unavailable`, `transport/timeout`, `transport/cancelled`) for
 * trouble on the way, and the error families of the node's status for a refusal.
 */
export type Transport = AsyncDisposable & {
  /** Resolves once the node has acknowledged all envelopes. `authorization` is the whole header value. */
  publish(
    envelopes: readonly Envelope[],
    options?: CallOptions & { readonly authorization?: string | undefined },
  ): Promise<void>
  query(request: QueryRequest, options?: CallOptions): Promise<QueryPage>
  /** At most 50 requests; one page each, in order. */
  batchQuery(
    requests: readonly QueryRequest[],
    options?: CallOptions,
  ): Promise<readonly QueryPage[]>
  /**
   * Envelopes published from now on; opens when iteration starts. Ends when the node ends it, throws when
   * it breaks. A position of another log is refused with ValidationError. To stop it while nothing arrives, abort the signal.
   */
  subscribe(topics: readonly string[], options?: SubscribeOptions): AsyncIterable<LiveEnvelope>
}
