// A connection that only reads. Runs inside a reader thread.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { StorageError } from '@posthorn/errors'
import type { RangeQuery, StoreCounts, TailQuery } from '../store.ts'
import { takeBytes } from '../take-bytes.ts'
import { markColumns, markOf } from './index-mark.ts'
import { rowsBeyond } from './late-index.ts'
import { firstKeys } from './merge.ts'
import { type Row, wholeRow } from './packed-rows.ts'
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
  readonly #row: StatementSync
  readonly #rowsAfter: StatementSync
  readonly #topic: StatementSync
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
      const rows = `SELECT ${rowColumns} FROM ${rowSource}`
      this.#row = prepareRows(database, `${rows} WHERE sequence = ?`)
      this.#rowsAfter = prepareRows(
        database,
        `${rows} WHERE sequence > ? ORDER BY sequence LIMIT ?`,
      )
      this.#topic = database.prepare('SELECT id FROM topics WHERE name = ?')
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
      const rows = topics.size > 1 ? this.#mergedPage : this.#topicPage
      const page = rows.call(this, order, { ...request, topics, recent, indexed: span.indexed })
      // A damaged index may lead to another topic.
      for (const { name } of page) if (!positions.has(name)) throw strayRow()
      return page
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

  #topicPage(order: TopicOrder, request: IndexQuery): Row[] {
    const page: Row[] = []
    for (const [topic, position] of request.topics) {
      const bounds = [...order.boundsOf(request.bounds, position), request.indexed]
      const rows = rowsOf(order.rows, [topic, ...bounds, request.limit])
      const merged = this.#withRecent(rows, order, request.recent)
      page.push(...takeBytes(first(request.limit, merged), request.maxBytes))
    }
    return page
  }

  // Rows of a topic from the index, and between them those from memory.
  *#withRecent(rows: Iterable<Row>, order: TopicOrder, recent: readonly Key[]): Generator<Row> {
    let next = 0
    for (const row of rows) {
      for (; isBefore(order, recent[next], row); next++)
        yield* this.#rowsOf(recent.slice(next, next + 1))
      yield row
    }
    yield* this.#rowsOf(recent.slice(next))
  }

  #mergedPage(order: TopicOrder, request: IndexQuery): Row[] {
    const sources = keySources(order, request)
    return takeBytes(
      this.#rowsOf(firstKeys(sources, request.limit, order.compare)),
      request.maxBytes,
    )
  }

  *#rowsOf(keys: readonly Key[]): Generator<Row> {
    for (const { sequence, time } of keys) {
      const found = this.#row.get(sequence)
      if (found === undefined) throw strayRow()
      const row = wholeRow(found)
      if ((time ?? row.time) !== row.time) throw strayRow()
      yield row
    }
  }

  #topicIds(positions: ReadonlyMap<string, number>): Map<number, number> {
    const ids = new Map<number, number>()
    for (const [name, position] of positions) {
      const row = this.#topic.get(name)
      if (row === undefined) continue
      const id = Number(row['id'])
      if (ids.has(id)) throw strayRow()
      ids.set(id, position)
    }
    return ids
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
  const list = [order.listOf(topics), ...bounds, indexed, limit]
  for (const { topic } of order.firstTopics.all(...list)) {
    const own = order.boundsOf(bounds, topics.get(Number(topic)) ?? 0)
    yield order.keys.iterate(
      Number(topic),
      ...own,
      indexed,
      limit,
    ) as Iterable<unknown> as Iterable<Key>
  }
}

function isBefore(order: TopicOrder, key: Key | undefined, row: Row): boolean {
  return key !== undefined && order.compare(key, row) < 0
}

function* first<Item>(count: number, items: Iterable<Item>): Generator<Item> {
  let left = count
  if (left === 0) return
  for (const item of items) {
    yield item
    if (--left === 0) return
  }
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

function strayRow(): StorageError {
  return damageError('Read the store', 'an index leads to a row that is not the one it names')
}
