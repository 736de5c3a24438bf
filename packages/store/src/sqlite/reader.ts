// A connection that only reads. Runs inside a reader thread.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { RangeQuery, StoreCounts, TailQuery } from '../store.ts'
import { takeBytes } from '../take-bytes.ts'
import { markColumns, markOf } from './index-mark.ts'
import { rowsBeyond } from './late-index.ts'
import { firstKeys } from './merge.ts'
import { type Row, wholeRow } from './packed-rows.ts'
import { headOf, PageRows, type RowHead, readHeads, strayRow } from './page-rows.ts'
import { boundsOf } from './position.ts'
import { prepareRows } from './prepare.ts'
import { type IndexedRow, RecentRows, type RecentSpan } from './recent-rows.ts'
import { damageError } from './storage-error.ts'
import type { RecentSpace } from './thread-messages.ts'
import {
  arrivalOrder,
  ascendingOrder,
  type Bounds,
  descendingOrder,
  type Key,
  rowColumns,
  rowSource,
  type TopicOrder,
  type TopicPositions,
} from './topic-order.ts'
import { inSnapshot } from './transaction.ts'

/** Reads pages of a database. */
export class Reader implements Disposable {
  readonly database: DatabaseSync
  readonly #ascending: TopicOrder
  readonly #descending: TopicOrder
  readonly #arrival: TopicOrder
  readonly #pageRows: PageRows
  readonly #rowsAfter: StatementSync
  readonly #topic: StatementSync
  readonly #name: StatementSync
  readonly #counts: StatementSync
  readonly #span: StatementSync
  readonly #recent: RecentRows | undefined

  /** Opens a database that `prepareDatabaseFile` has left; `recent` is what its writer shares, if it does. */
  constructor(path: string, recent?: RecentSpace) {
    this.#recent = recent && new RecentRows(recent.memory, recent.capacity)
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    this.database = database
    try {
      database.exec('PRAGMA cache_size = -16384')
      this.#ascending = ascendingOrder(database)
      this.#descending = descendingOrder(database)
      this.#arrival = arrivalOrder(database)
      this.#pageRows = new PageRows(database)
      this.#rowsAfter = prepareRows(
        database,
        `SELECT ${rowColumns} FROM ${rowSource} WHERE sequence > ? ORDER BY sequence LIMIT +?`,
      )
      this.#topic = database.prepare('SELECT id FROM topics WHERE name = ?')
      this.#name = database.prepare('SELECT name FROM topics WHERE id = ?')
      this.#span = database.prepare(`SELECT ${markColumns},
        (SELECT max(sequence) FROM envelopes) AS last FROM totals`)
      this.#counts = database.prepare(`SELECT topics, pruned,
        (SELECT last_sequence FROM batches ORDER BY height DESC LIMIT 1) AS last FROM totals`)
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** A page in the order of sender's time. */
  range(query: RangeQuery): Row[] {
    const { topics, direction, limit, maxBytes } = query
    const bounds = boundsOf(query)
    if (bounds === undefined || limit === 0) return []
    const { time, digest, farTime, digestBeyond } = bounds
    const order = direction === 'ascending' ? this.#ascending : this.#descending
    const places: Bounds = [time, digest, farTime, digestBeyond]
    return this.#page(order, { topics, limit, maxBytes, bounds: places })
  }

  /** A page in the order of arrival. */
  tail(query: TailQuery): Row[] {
    const { afterSequence, limit, maxBytes } = query
    const topics = query.positions ?? query.topics
    if (topics !== undefined) {
      return this.#page(this.#arrival, { topics, limit, maxBytes, bounds: [afterSequence] })
    }
    return takeBytes(rowsOf(this.#rowsAfter, [afterSequence, limit]), maxBytes)
  }

  counts(): StoreCounts {
    const row = this.#counts.get()
    if (row === undefined) throw damageError('Read the store', 'its totals are missing')
    const lastSequence = Number(row['last'])
    const envelopes = lastSequence - Number(row['pruned'])
    return { envelopes, topics: Number(row['topics']), lastSequence }
  }

  [Symbol.dispose](): void {
    this.database.close()
  }

  #page(order: TopicOrder, request: PageRequest): Row[] {
    const positions = isMap(request.topics)
      ? request.topics
      : new Map(request.topics.map((name) => [name, 0] as const))
    // One page shows one moment, though it takes several statements.
    return inSnapshot(this.database, () => {
      const topics = this.#topicIds(positions)
      if (topics.size === 0) return []
      const span = this.#recentSpan()
      const recent = this.#recentKeys(order, { topics, span, bounds: request.bounds })
      const found = this.#headsOf(order, { ...request, topics, recent, indexed: span.indexed })
      const heads = withinBytes(found, request.maxBytes)
      return this.#pageRows.rows(heads, this.#namesOf(heads, positions))
    })
  }

  #recentSpan(): RecentSpan {
    const row = this.#span.get()
    return { indexed: markOf(row), last: Number(row?.['last']) }
  }

  // Keys within the bounds of those rows of topics that are not in the index, in order.
  #recentKeys(order: TopicOrder, { topics, span, bounds }: RecentQuery): Key[] {
    const rows =
      this.#recent?.within(topics.keys(), span) ?? readRecent(this.database, topics, span.indexed)
    const keys: Key[] = []
    for (const [topic, position] of topics) {
      const own = order.boundsOf(bounds, position)
      for (const row of rows.get(topic) ?? []) {
        const key = order.keyOf(row, own)
        if (key !== undefined) keys.push(key)
      }
    }
    return keys.sort(order.compare)
  }

  #headsOf(order: TopicOrder, request: IndexQuery): readonly RowHead[] {
    const { topics, recent, bounds, indexed, limit } = request
    const [only] = topics
    if (only !== undefined && topics.size === 1 && recent.length === 0) {
      const [topic, position] = only
      return readHeads(order.heads.all(topic, ...order.boundsOf(bounds, position), indexed, limit))
    }
    const keys = firstKeys(keySources(order, request), limit, order.compare)
    // What memory says is held against the table with the checksum.
    const known = keys.flatMap(({ row }) => (row === undefined ? [] : headOf(row)))
    if (known.length === keys.length) return known
    const heads = this.#pageRows.heads(keys.map(({ sequence }) => sequence))
    for (const [i, { sequence, time }] of keys.entries()) {
      const head = heads[i]
      if (head?.sequence !== sequence || (time ?? head.time) !== head.time) throw strayRow()
    }
    return heads
  }

  // From the table: a damaged index may have led to another topic.
  #namesOf(
    heads: readonly RowHead[],
    wanted: ReadonlyMap<string, number>,
  ): ReadonlyMap<bigint, string> {
    const names = new Map<bigint, string>()
    for (const { topic } of heads) {
      if (names.has(topic)) continue
      const name = this.#name.get(topic)?.['name']
      if (typeof name !== 'string' || !wanted.has(name)) throw strayRow()
      names.set(topic, name)
    }
    return names
  }

  #topicIds(positions: ReadonlyMap<string, number>): TopicPositions {
    const topics = new Map<number, number>()
    for (const [name, position] of positions) {
      const row = this.#topic.get(name)
      if (row === undefined) continue
      const id = Number(row['id'])
      if (topics.has(id)) throw strayRow()
      topics.set(id, position)
    }
    return topics
  }
}

type PageRequest = {
  readonly topics: readonly string[] | ReadonlyMap<string, number>
  readonly bounds: Bounds
  readonly limit: number
  readonly maxBytes?: number | undefined
}

type RecentQuery = {
  readonly topics: TopicPositions
  readonly span: RecentSpan
  readonly bounds: Bounds
}

type IndexQuery = Omit<PageRequest, 'topics'> & {
  readonly topics: TopicPositions
  readonly indexed: number
  /** Keys that are not in the index, in order. */
  readonly recent: readonly Key[]
}

// Only the `limit` topics that begin first in the index can have one of its first `limit` rows.
function* keySources(order: TopicOrder, request: IndexQuery): Generator<Iterable<Key>> {
  const { topics, bounds, indexed, limit, recent } = request
  yield recent
  for (const [topic, position] of topics.size === 1 ? topics : firstTopics(order, request)) {
    const own = order.boundsOf(bounds, position)
    yield order.keys.iterate(topic, ...own, indexed, limit) as Iterable<unknown> as Iterable<Key>
  }
}

function firstTopics(order: TopicOrder, request: IndexQuery): (readonly [number, number])[] {
  const { topics, bounds, indexed, limit } = request
  const found = order.firstTopics.all(order.listOf(topics), ...bounds, indexed, limit)
  return found.map(({ topic }) => [Number(topic), topics.get(Number(topic)) ?? 0] as const)
}

// As `takeBytes`, before the messages are read.
function withinBytes(
  heads: readonly RowHead[],
  maxBytes: number = Number.POSITIVE_INFINITY,
): readonly RowHead[] {
  let bytes = 0
  const last = heads.findIndex((head) => {
    bytes += Number(head.bytes)
    return bytes >= maxBytes
  })
  return last < 0 ? heads : heads.slice(0, last + 1)
}

// Slower than memory, but always there.
function readRecent(
  database: DatabaseSync,
  topics: TopicPositions,
  indexed: number,
): ReadonlyMap<number, readonly IndexedRow[]> {
  const wanted: IndexedRow[] = []
  for (const row of rowsBeyond(database, indexed)) if (topics.has(row.topic)) wanted.push(row)
  return Map.groupBy(wanted, ({ topic }) => topic)
}

function isMap(topics: PageRequest['topics']): topics is ReadonlyMap<string, number> {
  return topics instanceof Map
}

function* rowsOf(statement: StatementSync, parameters: readonly SQLInputValue[]): Generator<Row> {
  for (const row of statement.iterate(...parameters)) yield wholeRow(row)
}
