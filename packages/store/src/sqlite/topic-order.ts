// The three orders in which topics are read, each with the statements that its pages need.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { compareBytes } from '@posthorn/bytes'
import type { Row } from './packed-rows.ts'
import { prepare } from './prepare.ts'

/** Where a row lies; keys of the order of arrival have a sequence only. */
export type Key = {
  readonly sequence: bigint
  readonly time?: bigint
  readonly digest?: Uint8Array
}

/** The statements of one order. Each takes the topic, the bounds of the page, and a limit. */
export type TopicOrder = {
  /** Whole rows of one topic. */
  readonly rows: StatementSync
  /** Keys of one topic; they come from the index alone. */
  readonly keys: StatementSync
  /** Of the topics in a list, those that begin first. */
  readonly firstTopics: StatementSync
  /** The list, for topics by id with the sequence that each begins beyond. */
  readonly listOf: (topics: TopicPositions) => string
  /** The bounds of the page as they are for one topic, which begins beyond a sequence. */
  readonly boundsOf: (bounds: Bounds, position: number) => Bounds
  readonly compare: (a: Key, b: Key) => number
}

/** Parameters between a topic and a limit. */
export type Bounds = readonly SQLInputValue[]

/** Ids of topics, with the sequence that each begins beyond; orders of time know only 0. */
export type TopicPositions = ReadonlyMap<number, number>

/** Columns of a {@link Row}. */
export const rowColumns = 'sequence, name, time, digest, message, checksum'
/** Where rows come from. */
export const rowSource = 'envelopes LEFT JOIN topics ON topics.id = envelopes.topic'

/** Sender's time upwards: bounds are time, digest, last time, digest alone. */
export function ascendingOrder(database: DatabaseSync): TopicOrder {
  const where = '(time, digest) > (?2, ?3) AND time <= ?4 AND digest > ?5'
  const order = { ...timeOrder, where, by: 'time, digest' }
  return prepareOrder(database, { ...order, compare: compareTimes })
}

/** Sender's time downwards: bounds are time, digest, last time, digest alone. */
export function descendingOrder(database: DatabaseSync): TopicOrder {
  const where = '(time, digest) < (?2, ?3) AND time >= ?4 AND digest < ?5'
  const order = { ...timeOrder, where, by: 'time DESC, digest DESC' }
  return prepareOrder(database, { ...order, compare: (a, b) => compareTimes(b, a) })
}

/** Arrival: the bound is the sequence before the page. */
export function arrivalOrder(database: DatabaseSync): TopicOrder {
  return prepareOrder(database, {
    ...{ where: 'sequence > ?2', by: 'sequence', columns: [], limit: '?3' },
    // A JSON object, whose keys are texts.
    list: { topic: 'CAST(key AS INTEGER)', where: 'sequence > max(value, ?2)' },
    listOf: (topics) => JSON.stringify(Object.fromEntries(topics)),
    boundsOf: ([after = 0], position) => [Math.max(Number(after), position)],
    compare: compareSequences,
  })
}

const timeOrder = {
  columns: ['time', 'digest'],
  limit: '?6',
  listOf: (topics: TopicPositions) => JSON.stringify([...topics.keys()]),
  boundsOf: (bounds: Bounds) => bounds,
}

type OrderText = {
  readonly where: string
  readonly by: string
  readonly columns: readonly string[]
  readonly limit: string
  /** How topics stand in a list, where not as the values of a JSON array. */
  readonly list?: { readonly topic: string; readonly where: string }
} & Pick<TopicOrder, 'listOf' | 'boundsOf' | 'compare'>

function prepareOrder(database: DatabaseSync, text: OrderText): TopicOrder {
  const { where, by, limit, listOf, boundsOf, compare } = text
  const list = text.list ?? { topic: 'value', where }
  const columns = ['sequence', ...text.columns]
  const end = `ORDER BY ${by} LIMIT ${limit}`
  // One column of the first row of a topic, found in the index.
  const head = (column: string) => `(SELECT ${column} FROM envelopes
    WHERE topic = ${list.topic} AND ${list.where} ORDER BY ${by} LIMIT 1) AS ${column}`
  return {
    rows: prepare(
      database,
      `SELECT ${rowColumns} FROM ${rowSource} WHERE topic = ?1 AND ${where} ${end}`,
    ),
    keys: prepare(
      database,
      `SELECT ${columns} FROM envelopes WHERE topic = ?1 AND ${where} ${end}`,
    ),
    firstTopics: prepare(
      database,
      `SELECT topic FROM (SELECT ${list.topic} AS topic, ${columns.map(head)} FROM json_each(?1))
        WHERE sequence IS NOT NULL ${end}`,
    ),
    listOf,
    boundsOf,
    compare,
  }
}

function compareTimes(a: Key, b: Key): number {
  const [timeA = 0n, timeB = 0n] = [a.time, b.time]
  if (timeA !== timeB) return timeA < timeB ? -1 : 1
  return compareBytes(a.digest ?? none, b.digest ?? none) || compareSequences(a, b)
}

const none = new Uint8Array(0)

function compareSequences(a: Key, b: Key): number {
  return Number(a.sequence - b.sequence)
}
