// A connection that only reads. Runs inside a reader thread.

import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { RangeQuery, StoreCounts, TailQuery } from '../store.ts'
import { takeBytes } from '../take-bytes.ts'
import { firstKeys } from './merge.ts'
import type { Row } from './packed-rows.ts'
import { boundsOf } from './position.ts'
import {
  arrivalOrder,
  ascendingOrder,
  type Bounds,
  descendingOrder,
  type Key,
  prepare,
  rowColumns,
  rowSource,
  type TopicOrder,
} from './topic-order.ts'

/** A page in the order of arrival that may end early, once its messages reach `maxBytes`. */
export type BoundedTailQuery = TailQuery

/** Reads pages of a database. */
export class Reader implements Disposable {
  readonly #database: DatabaseSync
  readonly #ascending: TopicOrder
  readonly #descending: TopicOrder
  readonly #arrival: TopicOrder
  readonly #row: StatementSync
  readonly #rowsAfter: StatementSync
  readonly #topic: StatementSync
  readonly #counts: StatementSync

  /** Opens a database that `prepareDatabaseFile` has left. */
  constructor(path: string) {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    this.#database = database
    try {
      this.#ascending = ascendingOrder(database)
      this.#descending = descendingOrder(database)
      this.#arrival = arrivalOrder(database)
      const rows = `SELECT ${rowColumns} FROM ${rowSource}`
      this.#row = prepare(database, `${rows} WHERE sequence = ?`)
      this.#rowsAfter = prepare(database, `${rows} WHERE sequence > ? ORDER BY sequence LIMIT ?`)
      this.#topic = database.prepare('SELECT id FROM topics WHERE name = ?')
      // Nothing is ever deleted, so the highest numbers are the counts.
      this.#counts = database.prepare(`SELECT
        (SELECT coalesce(max(sequence), 0) FROM envelopes) AS envelopes,
        (SELECT coalesce(max(id), 0) FROM topics) AS topics`)
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
  tail(query: BoundedTailQuery): Row[] {
    const { topics, afterSequence, limit, maxBytes } = query
    if (topics !== undefined) {
      return this.#page(this.#arrival, { topics, limit, bounds: [afterSequence] })
    }
    const rows = this.#rowsAfter.iterate(afterSequence, limit) as Iterable<unknown>
    return takeBytes(rows as Iterable<Row>, maxBytes)
  }

  counts(): StoreCounts {
    const row = this.#counts.get()
    const envelopes = Number(row?.['envelopes'])
    return { envelopes, topics: Number(row?.['topics']), lastSequence: envelopes }
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #page(order: TopicOrder, request: PageRequest): Row[] {
    // One page shows one moment, though it takes several statements.
    this.#database.exec('BEGIN')
    try {
      const topics = this.#topicIds(request.topics)
      const [topic] = topics
      if (topic === undefined) return []
      const { bounds, limit, maxBytes } = request
      if (topics.length === 1) {
        const rows = order.rows.iterate(topic, ...bounds, limit) as Iterable<unknown>
        return takeBytes(rows as Iterable<Row>, maxBytes)
      }
      return this.#mergedPage(order, topics, request)
    } finally {
      this.#database.exec('COMMIT')
    }
  }

  // Only the `limit` topics that begin first can have a row among the first `limit`.
  #mergedPage(order: TopicOrder, topics: readonly number[], request: PageRequest): Row[] {
    const { bounds, limit, maxBytes } = request
    const list = JSON.stringify(topics)
    const candidates = order.firstTopics
      .all(list, ...bounds, limit)
      .map((row) => Number(row['topic']))
    const page = firstKeys(candidates, limit, {
      keys: (topic) =>
        order.keys.iterate(topic, ...bounds, limit) as Iterable<unknown> as Iterable<Key>,
      compare: order.compare,
    })
    return takeBytes(this.#rowsOf(page), maxBytes)
  }

  *#rowsOf(keys: readonly Key[]): Generator<Row> {
    for (const { sequence } of keys) yield this.#row.get(sequence) as unknown as Row
  }

  #topicIds(names: readonly string[]): number[] {
    const rows = Array.from(new Set(names), (name) => this.#topic.get(name))
    return rows.flatMap((row) => (row === undefined ? [] : [Number(row['id'])]))
  }
}

type PageRequest = {
  readonly topics: readonly string[]
  readonly bounds: Bounds
  readonly limit: number
  readonly maxBytes?: number | undefined
}
