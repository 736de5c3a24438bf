// A whole network in one process, for tests and demonstrations: it keeps what is published, answers
// queries in the order of nodes and delivers to subscribers.

import {
  checkEnvelope,
  compareCursors,
  type Envelope,
  envelopeDigest,
  isEphemeralTopic,
  maxBatchQueries,
  maxQueryRows,
  maxTimestampNs,
  type TimeCursor,
} from '@posthorn/envelope'
import { TransportError, ValidationError } from '@posthorn/errors'
import type { QueryPage, QueryRequest, SubscribeOptions, Transport } from './transport.ts'

/** Options of {@link createMemoryNetwork}. */
export type MemoryNetworkOptions = {
  readonly sha256: (data: Uint8Array) => Uint8Array
}

/** A network in memory. */
export type MemoryNetwork = {
  /** Everything stored, in the order of arrival. */
  readonly stored: readonly Envelope[]
  /** A transport of its own for one client. */
  connect(): Transport
  /** Breaks every open stream, as a failing connection would. */
  dropStreams(): void
}

type Row = { readonly envelope: Envelope; readonly cursor: TimeCursor }

type Subscriber = {
  readonly topics: ReadonlySet<string>
  readonly queue: Envelope[]
  isDropped: boolean
  wake: () => void
}

/** Creates an empty network. */
export function createMemoryNetwork({ sha256 }: MemoryNetworkOptions): MemoryNetwork {
  const stored: Envelope[] = []
  const rowsByTopic = new Map<string, Row[]>()
  const subscribers = new Set<Subscriber>()

  function keep(envelope: Envelope): boolean {
    const rows = rowsByTopic.get(envelope.contentTopic) ?? []
    rowsByTopic.set(envelope.contentTopic, rows)
    const cursor = { timestampNs: envelope.timestampNs, digest: envelopeDigest(envelope, sha256) }
    if (rows.some((row) => compareCursors(row.cursor, cursor) === 0)) return false
    rows.push({ envelope, cursor })
    rows.sort((a, b) => compareCursors(a.cursor, b.cursor))
    stored.push(envelope)
    return true
  }

  function deliver(envelope: Envelope): void {
    for (const subscriber of subscribers) {
      if (!subscriber.topics.has(envelope.contentTopic)) continue
      subscriber.queue.push(envelope)
      subscriber.wake()
    }
  }

  function publish(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) {
      checkEnvelope(envelope)
      if (isEphemeralTopic(envelope.contentTopic) || keep(envelope)) deliver(envelope)
    }
  }

  function query(request: QueryRequest): QueryPage {
    checkTimes(request)
    const rows = request.topics.flatMap((topic) => rowsByTopic.get(topic) ?? [])
    return pageOf(rows, request)
  }

  return {
    stored,
    connect: () => connect({ publish, query, subscribers }),
    dropStreams: () => {
      for (const subscriber of subscribers) {
        subscriber.isDropped = true
        subscriber.wake()
      }
    },
  }
}

type Hub = {
  publish(envelopes: readonly Envelope[]): void
  query(request: QueryRequest): QueryPage
  readonly subscribers: Set<Subscriber>
}

function connect(hub: Hub): Transport {
  const closing = new AbortController()

  function check(signal: AbortSignal | undefined): void {
    if (closing.signal.aborted || signal?.aborted) throw cancelled()
  }

  return {
    publish: async (envelopes, options = {}) => {
      check(options.signal)
      hub.publish(envelopes)
    },
    query: async (request, options = {}) => {
      check(options.signal)
      return hub.query(request)
    },
    batchQuery: async (requests, options = {}) => {
      check(options.signal)
      if (requests.length > maxBatchQueries) throw tooManyQueries(requests.length)
      return requests.map(hub.query)
    },
    subscribe: (topics, { signal, onOpen } = {}) =>
      subscription(hub, topics, { signals: [signal, closing.signal], onOpen }),
    [Symbol.asyncDispose]: async () => closing.abort(),
  }
}

type Subscription = Pick<SubscribeOptions, 'onOpen'> & {
  /** Any of them ends it. */
  readonly signals: readonly (AbortSignal | undefined)[]
}

async function* subscription(
  { subscribers }: Hub,
  topics: readonly string[],
  { signals, onOpen }: Subscription,
): AsyncGenerator<Envelope> {
  const subscriber: Subscriber = {
    topics: new Set(topics),
    queue: [],
    isDropped: false,
    wake: () => undefined,
  }
  const wake = (): void => subscriber.wake()
  for (const signal of signals) signal?.addEventListener('abort', wake)
  subscribers.add(subscriber)
  try {
    onOpen?.()
    for (;;) {
      if (signals.some((signal) => signal?.aborted)) throw cancelled()
      if (subscriber.isDropped) throw dropped()
      const next = subscriber.queue.shift()
      if (next !== undefined) yield next
      else {
        await new Promise<void>((resolve) => {
          subscriber.wake = resolve
        })
      }
    }
  } finally {
    subscribers.delete(subscriber)
    for (const signal of signals) signal?.removeEventListener('abort', wake)
  }
}

function pageOf(rows: readonly Row[], request: QueryRequest): QueryPage {
  const isAscending = request.direction === 'ascending'
  const limit = Math.min(request.limit ?? maxQueryRows, maxQueryRows)
  const sign = isAscending ? 1 : -1
  const { cursor, startNs = 0n, endNs } = request
  const page = rows
    .filter(({ envelope: { timestampNs } }) => timestampNs >= startNs)
    .filter(({ envelope: { timestampNs } }) => endNs === undefined || timestampNs <= endNs)
    .filter((row) => cursor === undefined || sign * compareCursors(row.cursor, cursor) > 0)
    .sort((a, b) => sign * compareCursors(a.cursor, b.cursor))
    .slice(0, limit)
  const last = page.at(-1)
  const envelopes = page.map((row) => row.envelope)
  return page.length < limit || last === undefined
    ? { envelopes }
    : { envelopes, nextCursor: last.cursor }
}

function checkTimes({ startNs = 0n, endNs = 0n }: QueryRequest): void {
  const [least, most] = startNs < endNs ? [startNs, endNs] : [endNs, startNs]
  if (least >= 0n && most <= maxTimestampNs) return
  throw new ValidationError(
    'transport/invalid-argument',
    'Query: found a time out of range, wanted unsigned 64-bit nanoseconds',
  )
}

function cancelled(): TransportError {
  return new TransportError('transport/cancelled', 'Call network: the caller cancelled it')
}

function dropped(): TransportError {
  return new TransportError('transport/unavailable', 'Subscribe: the connection broke')
}

function tooManyQueries(count: number): ValidationError {
  return new ValidationError(
    'transport/invalid-argument',
    `Batch query: cannot exceed ${maxBatchQueries} requests in single batch: found ${count}`,
  )
}
