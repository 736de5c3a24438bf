// The three orders in which topics are read, each with the statements that its pages need. They read the index
// tables as far as these have all rows; the rows beyond come from memory, to be sorted here.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { compareBytes } from '@posthorn/bytes'
import { prepare, prepareRows } from './prepare.ts'
import type { IndexedRow } from './recent-rows.ts'

/** Where a row lies; keys of the order of arrival have a sequence only. */
export type Key = {
  readonly sequence: bigint
  readonly time?: bigint
  readonly digest?: Uint8Array
  /** The row, when the key comes from memory. */
  readonly row?: IndexedRow
}

/** The statements of one order. Each takes the topic, the bounds, the last indexed sequence, and a limit. */
export type TopicOrder = {
  /** Heads of the rows of one topic, as `readHeads` takes them; the index has to agree with the rows. */
  readonly heads: StatementSync
  /** Keys of one topic; they come from the index alone. */
  readonly keys: StatementSync
  /** Of the topics in a list, those that begin first. */
  readonly firstTopics: StatementSync
  /** The list, for topics by id with the sequence that each begins beyond. */
  readonly listOf: (topics: TopicPositions) => string
  /** The bounds of the page as they are for one topic, which begins beyond a sequence. */
  readonly boundsOf: (bounds: Bounds, position: number) => Bounds
  /** The key of a row that is not in the index; undefined when it is not within the bounds. */
  readonly keyOf: (row: IndexedRow, bounds: Bounds) => Key | undefined
  readonly compare: (a: Key, b: Key) => number
}

/** Parameters between a topic and the last indexed sequence. */
export type Bounds = readonly SQLInputValue[]

/** Ids of topics, with the sequence that each begins beyond; orders of time know only 0. */
export type TopicPositions = ReadonlyMap<number, number>

/** Columns of a row, in the order in which `wholeRow` takes them. */
export const rowColumns = 'sequence, name, time, digest, message, checksum'
/** Where rows come from. */
export const rowSource = 'envelopes LEFT JOIN topics ON topics.id = envelopes.topic'

/** Sender's time upwards: bounds are time, digest, last time, digest alone. */
export function ascendingOrder(database: DatabaseSync): TopicOrder {
  return prepareOrder(database, {
    ...timeOrder,
    where: '(i.time, i.digest) > (?2, ?3) AND i.time <= ?4 AND i.digest > ?5',
    by: 'i.time, i.digest',
    keyOf: (row, bounds) => timeKey(row, bounds, 1),
    compare: compareTimes,
  })
}

/** Sender's time downwards: bounds are time, digest, last time, digest alone. */
export function descendingOrder(database: DatabaseSync): TopicOrder {
  return prepareOrder(database, {
    ...timeOrder,
    where: '(i.time, i.digest) < (?2, ?3) AND i.time >= ?4 AND i.digest < ?5',
    by: 'i.time DESC, i.digest DESC',
    keyOf: (row, bounds) => timeKey(row, bounds, -1),
    compare: (a, b) => compareTimes(b, a),
  })
}

/** Arrival: the bound is the sequence before the page. */
export function arrivalOrder(database: DatabaseSync): TopicOrder {
  return prepareOrder(database, {
    index: 'by_arrival',
    columns: ['sequence'],
    where: 'i.sequence > ?2',
    by: 'i.sequence',
    indexed: '?3',
    limit: '?4',
    // A JSON object, whose keys are texts.
    list: { topic: 'CAST(key AS INTEGER)', where: 'i.sequence > max(value, ?2)' },
    listOf: (topics) => JSON.stringify(Object.fromEntries(topics)),
    boundsOf: ([after = 0], position) => [Math.max(Number(after), position)],
    keyOf: (row, [after = 0]) =>
      row.sequence > Number(after) ? { sequence: BigInt(row.sequence), row } : undefined,
    compare: compareSequences,
  })
}

const timeOrder = {
  index: 'by_time',
  columns: ['sequence', 'time', 'digest'],
  indexed: '?6',
  limit: '?7',
  listOf: (topics: TopicPositions) => JSON.stringify([...topics.keys()]),
  boundsOf: (bounds: Bounds) => bounds,
}

type OrderText = {
  /** The table, which statements call `i`. */
  readonly index: string
  readonly columns: readonly string[]
  readonly where: string
  readonly by: string
  /** Parameters. */
  readonly indexed: string
  readonly limit: string
  /** How topics stand in a list, where not as the values of a JSON array. */
  readonly list?: { readonly topic: string; readonly where: string }
} & Pick<TopicOrder, 'listOf' | 'boundsOf' | 'keyOf' | 'compare'>

function prepareOrder(database: DatabaseSync, text: OrderText): TopicOrder {
  const { index, columns, where, by, indexed, limit, listOf, boundsOf, keyOf, compare } = text
  const list = text.list ?? { topic: 'value', where }
  const own = columns.map((column) => `i.${column}`)
  const within = `i.topic = ?1 AND ${where} AND i.sequence <= ${indexed}`
  // One column of the first row of a topic, found in the index.
  const head = (column: string) => `(SELECT i.${column} FROM ${index} AS i
    WHERE i.topic = ${list.topic} AND ${list.where} AND i.sequence <= ${indexed}
    ORDER BY ${by} LIMIT 1) AS ${column}`
  return {
    heads: prepareRows(
      database,
      `SELECT i.sequence, e.topic, e.time, e.checksum, length(e.message),
          ${columns.map((column) => `i.${column} = e.${column}`).join(' AND ')}
        FROM ${index} AS i LEFT JOIN envelopes AS e ON e.sequence = i.sequence
        WHERE ${within} ORDER BY ${by} LIMIT +${limit}`,
    ),
    keys: prepare(
      database,
      `SELECT ${own} FROM ${index} AS i WHERE ${within} ORDER BY ${by} LIMIT +${limit}`,
    ),
    firstTopics: prepare(
      database,
      `SELECT topic FROM (SELECT ${list.topic} AS topic, ${columns.map(head)} FROM json_each(?1)) AS i
        WHERE i.sequence IS NOT NULL ORDER BY ${by} LIMIT +${limit}`,
    ),
    ...{ listOf, boundsOf, keyOf, compare },
  }
}

// As the `where` of the statements: 1 upwards, -1 downwards.
function timeKey(row: IndexedRow, bounds: Bounds, sign: 1 | -1): Key | undefined {
  const [time, digest, farTime, digestBeyond] = bounds as [bigint, Uint8Array, bigint, Uint8Array]
  const key = { sequence: BigInt(row.sequence), time: row.time, digest: row.digest, row }
  const beyond = compareTimeAndDigest(key, { time, digest }) * sign
  const isNear = beyond > 0 && compareBytes(row.digest, digestBeyond) * sign > 0
  return isNear && compareBigints(row.time, farTime) * sign <= 0 ? key : undefined
}

type TimeKey = Pick<Key, 'time' | 'digest'>

function compareTimes(a: Key, b: Key): number {
  return compareTimeAndDigest(a, b) || compareSequences(a, b)
}

function compareTimeAndDigest(a: TimeKey, b: TimeKey): number {
  return (
    compareBigints(a.time ?? 0n, b.time ?? 0n) || compareBytes(a.digest ?? none, b.digest ?? none)
  )
}

const none = new Uint8Array(0)

function compareSequences(a: Key, b: Key): number {
  return Number(a.sequence - b.sequence)
}

function compareBigints(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
