// What a node can say of itself in numbers; nothing about those who use it.

import type { Store, StoreCounts } from '@posthorn/store'
import type { Access } from './admission/access.ts'
import type { TopicBudget } from './admission/topic-budget.ts'
import type { Clock } from './clock.ts'
import type { NodeConfig } from './config-options.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Health, HealthState } from './health.ts'
import { batchHeight } from './metrics/batch-height.ts'
import type { Tally } from './metrics/tally.ts'
import type { Activity } from './server/activity.ts'
import { nodeVersion } from './version.ts'

/** A node at one moment. */
export type NodeFigures = {
  readonly version: string
  readonly state: HealthState
  readonly uptimeMs: number
  readonly store: NodeConfig['store']
  readonly envelopes: number
  readonly topics: number
  readonly lastSequence: number
  /** Group commits of the store: height of its log. */
  readonly batches: number
  readonly streams: number
  readonly calls: number
  readonly subscribers: number
  /** Topics that somebody waits for, each one once. */
  readonly subscribedTopics: number
  /** What streams take of `max-topics`. */
  readonly heldTopics: number
  /** Bytes that are kept for streams until they are read. */
  readonly waitingBytes: number
  /** Allowances that are being counted: of accounts, addresses and kinds of topic. */
  readonly limiterBuckets: number
  readonly publishedEnvelopes: number
  /** Envelopes that were published through this node in the last minute. */
  readonly publishedPerMinute: number
}

/** Reads figures; those of the store at most every two seconds. */
export type FigureReader = Disposable & {
  /** @throws StorageError */
  read(): Promise<NodeFigures>
}

/** Where figures come from. */
export type FigureParts = {
  readonly config: Pick<NodeConfig, 'store'>
  readonly store: Pick<Store, 'counts' | 'upkeep'>
  readonly clock: Clock
  readonly health: Health
  readonly activity: Activity
  readonly dispatcher: Pick<Dispatcher, 'size' | 'topicCount' | 'waitingBytes'>
  readonly topicBudget: Pick<TopicBudget, 'taken'>
  readonly access: Pick<Access, 'bucketCount'>
  readonly tally: Pick<Tally, 'publishedEnvelopes'>
}

const freshMs = 2_000
const sampleMs = 5_000
const samplesOfMinute = 12

/** Creates a reader; the node's life is counted from here. */
export function createFigures(parts: FigureParts): FigureReader {
  const { clock, config, health, activity, dispatcher, topicBudget, access, tally } = parts
  const startedMs = clock.monotonicMs()
  const readStore = createStoreFigures(parts)
  const rate = createRate(parts)
  return {
    read: async () => {
      const { envelopes, topics, lastSequence, batches } = await readStore()
      return {
        version: nodeVersion(),
        state: health.state(),
        uptimeMs: Math.round(clock.monotonicMs() - startedMs),
        store: config.store,
        envelopes,
        topics,
        lastSequence,
        batches,
        streams: activity.count('stream'),
        calls: activity.count('unary'),
        subscribers: dispatcher.size(),
        subscribedTopics: dispatcher.topicCount(),
        heldTopics: topicBudget.taken(),
        waitingBytes: dispatcher.waitingBytes(),
        limiterBuckets: access.bucketCount(),
        publishedEnvelopes: tally.publishedEnvelopes(),
        publishedPerMinute: rate.perMinute(),
      }
    },
    [Symbol.dispose]: () => rate[Symbol.dispose](),
  }
}

type StoreFigures = StoreCounts & { readonly batches: number }

function createStoreFigures({ store, clock }: FigureParts): () => Promise<StoreFigures> {
  let height = 0
  let readMs = Number.NEGATIVE_INFINITY
  let reading: Promise<StoreFigures> | undefined

  const read = async (): Promise<StoreFigures> => {
    const counts = await store.counts()
    height = await batchHeight(store.upkeep, height, counts.lastSequence)
    return { ...counts, batches: height }
  }
  return () => {
    if (reading !== undefined && clock.monotonicMs() - readMs < freshMs) return reading
    readMs = clock.monotonicMs()
    const next = read()
    reading = next
    next.catch(() => {
      if (reading === next) reading = undefined
    })
    return next
  }
}

function createRate({ clock, tally }: FigureParts) {
  const samples = [tally.publishedEnvelopes()]
  const timer = clock.every(sampleMs, () => {
    samples.push(tally.publishedEnvelopes())
    if (samples.length > samplesOfMinute) samples.shift()
  })
  return {
    perMinute: () => tally.publishedEnvelopes() - (samples[0] ?? 0),
    [Symbol.dispose]: () => timer.cancel(),
  }
}
