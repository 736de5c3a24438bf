// What a node has counted since it started: plain numbers, so that counting costs a call next to nothing.

import { type Envelope, type TopicCategory, topicCategory } from '@posthorn/envelope'
import type { GrpcStatus } from '@posthorn/errors'
import { type BoundedMap, createBoundedMap } from './bounded-map.ts'
import { programKey } from './client-labels.ts'
import { createHistogram, type Histogram } from './histogram.ts'

/** A call that is over. */
export type EndedCall = {
  /** Full name of the gRPC service; empty where there is no such method. */
  readonly service: string
  readonly rpc: string
  readonly kind: 'unary' | 'stream'
  readonly status: GrpcStatus
  readonly durationMs: number
  /** The headers `x-client-version` and `x-app-version`. */
  readonly clientVersion: string | readonly string[] | undefined
  readonly appVersion: string | readonly string[] | undefined
}

/** Calls of one method. */
export type MethodTally = {
  readonly service: string
  readonly rpc: string
  /** By status, client and app, one a line. */
  readonly calls: BoundedMap<{ count: number }>
  count(call: EndedCall): void
  /** Of unary calls, in milliseconds. */
  readonly durationMs: Histogram
}

/** Published envelopes of one kind of topic. */
export type TopicTally = { readonly bytes: Histogram }

/** Events without labels of their own, by name. */
export type Occurrence =
  | 'subscriberTooSlow'
  | 'streamStalled'
  | 'feedBroken'
  | 'resetFlood'
  | 'headerFlood'
  | 'settingsChanged'
  | 'appendFailed'

/** All counts. */
export type Tally = {
  readonly methods: ReadonlyMap<string, MethodTally>
  readonly topics: ReadonlyMap<TopicCategory, TopicTally>
  readonly occurrences: Readonly<Record<Occurrence, number>>
  readonly refusals: BoundedMap<{ count: number }>
  readonly pruned: ReadonlyMap<TopicCategory, { envelopes: number; bytes: number }>
  readonly append: { readonly durationMs: Histogram; readonly envelopes: Histogram }
  readonly range: { readonly durationMs: Histogram; readonly rows: Histogram }
  readonly streamTopics: Histogram
  publishedEnvelopes(): number
  call(call: EndedCall): void
  refused(code: string): void
  published(envelopes: readonly Envelope[]): void
  prunedRows(category: TopicCategory, rows: { envelopes: number; bytes: number }): void
  occurred(what: Occurrence): void
}

const durationBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]
const byteBounds = [128, 512, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576]
const countBounds = [0, 1, 5, 10, 25, 50, 100, 250, 500, 1_000]
const maxCallKeys = 200
const maxCodes = 200

/** Nothing counted yet. */
export function createTally(): Tally {
  const methods = new Map<string, MethodTally>()
  const topics = new Map<TopicCategory, TopicTally>()
  const pruned = new Map<TopicCategory, { envelopes: number; bytes: number }>()
  const refusals = createBoundedMap(maxCodes, zero)
  const occurrences: Record<Occurrence, number> = {
    subscriberTooSlow: 0,
    streamStalled: 0,
    feedBroken: 0,
    resetFlood: 0,
    headerFlood: 0,
    settingsChanged: 0,
    appendFailed: 0,
  }
  let publishedEnvelopes = 0

  return {
    methods,
    topics,
    occurrences,
    refusals,
    pruned,
    append: {
      durationMs: createHistogram(durationBounds),
      envelopes: createHistogram(countBounds),
    },
    range: { durationMs: createHistogram(durationBounds), rows: createHistogram(countBounds) },
    streamTopics: createHistogram(countBounds),
    publishedEnvelopes: () => publishedEnvelopes,
    call: (call) => {
      const method = madeOnce(methods, call.rpc, () => methodTally(call))
      method.count(call)
      if (call.kind === 'unary') method.durationMs.observe(call.durationMs)
    },
    refused: (code) => {
      refusals.get(code).count++
    },
    published: (envelopes) => {
      publishedEnvelopes += envelopes.length
      for (const { contentTopic, message } of envelopes) {
        madeOnce(topics, topicCategory(contentTopic), topicTally).bytes.observe(message.length)
      }
    },
    prunedRows: (category, { envelopes, bytes }) => {
      const sum = madeOnce(pruned, category, () => ({ envelopes: 0, bytes: 0 }))
      sum.envelopes += envelopes
      sum.bytes += bytes
    },
    occurred: (what) => {
      occurrences[what]++
    },
  }
}

function zero() {
  return { count: 0 }
}

function topicTally(): TopicTally {
  return { bytes: createHistogram(byteBounds) }
}

function methodTally({ service, rpc }: EndedCall): MethodTally {
  const calls = createBoundedMap(maxCallKeys, zero)
  // Most calls are like the one before: making a key costs more than everything else here.
  let last: EndedCall | undefined
  let counter = zero()
  return {
    service,
    rpc,
    calls,
    durationMs: createHistogram(durationBounds),
    count: (call) => {
      if (last === undefined || !isAlike(last, call)) {
        counter = calls.get(callKey(call))
        last = call
      }
      counter.count++
    },
  }
}

function isAlike(a: EndedCall, b: EndedCall): boolean {
  return (
    a.status === b.status && a.clientVersion === b.clientVersion && a.appVersion === b.appVersion
  )
}

function callKey({ status, clientVersion, appVersion }: EndedCall): string {
  return `${status}\n${programKey(clientVersion)}\n${programKey(appVersion)}`
}

function madeOnce<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const value = make()
  map.set(key, value)
  return value
}
