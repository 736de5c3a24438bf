// Random envelopes and queries out of small pools, so that ties, duplicates and hits are common.

import type { Envelope } from '@posthorn/envelope'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import fc from 'fast-check'
import type { RangeQuery, StoredEnvelope, TailQuery } from '../store.ts'
import type { PruneRequest } from '../upkeep.ts'

const topics = [
  '/xmtp/0/m-a/proto',
  '/xmtp/0/m-b/proto',
  '/xmtp/0/contact-c/proto',
  'b',
  '',
  'é',
  '🐎',
  'nul\0',
  'nul',
]
const times = [0n, 1n, 2n, 3n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 63n + 1n, 2n ** 64n - 1n]

const topic: fc.Arbitrary<string> = fc.constantFrom(...topics)
const time: fc.Arbitrary<bigint> = fc.constantFrom(...times)
const direction = fc.constantFrom('ascending' as const, 'descending' as const)
const message = fc.uint8Array({ maxLength: 1 })
const envelope = fc.record({ contentTopic: topic, timestampNs: time, message })

/** Several appends, some of them empty. */
export const appends: fc.Arbitrary<Envelope[][]> = fc.array(
  fc.array(envelope, { maxLength: 60, size: 'max' }),
  { minLength: 1, maxLength: 4 },
)

/** Makes a query once the rows are known, so that cursors can point at them. */
export type MakeQuery<Query> = (rows: readonly StoredEnvelope[]) => Query

const bound = fc.option(fc.oneof(time, fc.constantFrom(-1n, 2n ** 64n)), { nil: undefined })
const wanted = fc.array(fc.oneof(topic, fc.constant('unknown')), { maxLength: 6 })
const limit = fc.constantFrom(0, 1, 2, 5, 100)
const cursor = fc.record({
  row: fc.nat(),
  hasTime: fc.boolean(),
  time: fc.option(bound, { nil: undefined }),
  digest: fc.option(fc.uint8Array({ maxLength: 34 }), { nil: undefined }),
})

/** Pages in the order of sender's time. */
export const rangeQuery: fc.Arbitrary<MakeQuery<RangeQuery>> = fc
  .record({
    query: fc.record({ topics: wanted, startNs: bound, endNs: bound, direction, limit }),
    cursor: fc.option(cursor, { nil: undefined }),
  })
  .map(({ query, cursor }) => (rows) => {
    const row = rows[(cursor?.row ?? 0) % Math.max(1, rows.length)]
    if (cursor === undefined || row === undefined) return query
    const digest = cursor.digest ?? row.digest
    if (!cursor.hasTime) return { ...query, after: { digest } }
    return { ...query, after: { timestampNs: cursor.time ?? row.timestampNs, digest } }
  })

/** Pages in the order of arrival. */
export const tailQuery: fc.Arbitrary<TailQuery> = fc.record({
  afterSequence: fc.nat({ max: 100 }),
  limit,
  maxBytes: fc.constantFrom(undefined, undefined, 1, 3),
  topics: fc.option(wanted, { nil: undefined }),
})

/** Pages in the order of arrival, with a bound for each topic. */
export const positionsQuery: fc.Arbitrary<TailQuery> = fc.record({
  afterSequence: fc.constantFrom(0, 0, 5, 50),
  limit,
  maxBytes: fc.constantFrom(undefined, undefined, 1, 3),
  positions: fc
    .array(fc.tuple(fc.oneof(topic, fc.constant('unknown')), fc.nat({ max: 120 })), {
      maxLength: 6,
    })
    .map((entries) => new Map(entries)),
})

/** Requests of retention; `limit` bounds a single call. */
export const pruneRequest: fc.Arbitrary<PruneRequest> = fc.record({
  category: fc.constantFrom('invalid', 'v2-conversation', 'contact', 'private'),
  committedBeforeNs: fc.bigInt({ min: 0n, max: 8n }),
  limit: fc.constantFrom(1, 3, 100),
})
