// A connection that only reads. Runs inside a reader thread.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { StorageError } from '@posthorn/errors'
import type { RangeQuery, StoreCounts, TailQuery } from '../store.ts'
import { takeBytes } from '../take-bytes.ts'
import { firstKeys } from './merge.ts'
import { type Row, wholeRow } from './packed-rows.ts'
import { boundsOf } from './position.ts'
import { prepare } from './prepare.ts'
import { damageError } from './storage-error.ts'
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

  /** Opens a database that `prepareDatabaseFile` has left. */
  constructor(path: string) {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    this.database = database
    try {
      this.#ascending = ascendingOrder(database)
      this.#descending = descendingOrder(database)
      this.#arrival = arrivalOrder(database)
      const rows = `SELECT ${rowColumns} FROM ${rowSource}`
      this.#row = prepare(database, `${rows} WHERE sequence = ?`)
      this.#rowsAfter = prepare(database, `${rows} WHERE sequence > ? ORDER BY sequence LIMIT ?`)
      this.#topic = database.prepare('SELECT id FROM topics WHERE name = ?')
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
      const rows = topics.size === 1 ? this.#topicPage : this.#mergedPage
      const page = topics.size === 0 ? [] : rows.call(this, order, topics, request)
      // A damaged index may lead to another topic.
      for (const { name } of page) if (!positions.has(name)) throw strayRow()
      return page
    })
  }

  #topicPage(order: TopicOrder, topics: TopicPositions, request: PageRequest): Row[] {
    const { limit, maxBytes } = request
    const page: Row[] = []
    for (const [topic, position] of topics) {
      const bounds = order.boundsOf(request.bounds, position)
      page.push(...takeBytes(rowsOf(order.rows, [topic, ...bounds, limit]), maxBytes))
    }
    return page
  }

  // Only the `limit` topics that begin first can have a row among the first `limit`.
  #mergedPage(order: TopicOrder, topics: TopicPositions, request: PageRequest): Row[] {
    const { bounds, limit, maxBytes } = request
    const candidates = order.firstTopics
      .all(order.listOf(topics), ...bounds, limit)
      .map((row) => Number(row['topic']))
    const page = firstKeys(candidates, limit, {
      keys: (topic) => {
        const own = order.boundsOf(bounds, topics.get(topic) ?? 0)
        return order.keys.iterate(topic, ...own, limit) as Iterable<unknown> as Iterable<Key>
      },
      compare: order.compare,
    })
    return takeBytes(this.#rowsOf(page), maxBytes)
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

function isMap(topics: PageRequest['topics']): topics is ReadonlyMap<string, number> {
  return topics instanceof Map
}

function* rowsOf(statement: StatementSync, parameters: readonly SQLInputValue[]): Generator<Row> {
  for (const row of statement.iterate(...parameters)) yield wholeRow(row)
}

function strayRow(): StorageError {
  return damageError('Read the store', 'an index leads to a row that is not the one it names')
}
