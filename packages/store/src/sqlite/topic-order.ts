// The three orders in which topics are read, each with the statements that its pages need.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { compareBytes } from '@posthorn/bytes'
import type { Row } from './packed-rows.ts'

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
  /** Of the topics in a JSON array, those that begin first. */
  readonly firstTopics: StatementSync
  readonly compare: (a: Key, b: Key) => number
}

/** Parameters between a topic and a limit. */
export type Bounds = readonly SQLInputValue[]

/** Columns of a {@link Row}. */
export const rowColumns = 'sequence, name, time, digest, message'
/** Where rows come from. */
export const rowSource = 'envelopes JOIN topics ON topics.id = envelopes.topic'

/** Sender's time upwards: bounds are time, digest, last time, digest alone. */
export function ascendingOrder(database: DatabaseSync): TopicOrder {
  const where = '(time, digest) > (?2, ?3) AND time <= ?4 AND digest > ?5'
  const order = { where, by: 'time, digest', columns: ['time', 'digest'], limit: '?6' }
  return prepareOrder(database, { ...order, compare: compareTimes })
}

/** Sender's time downwards: bounds are time, digest, last time, digest alone. */
export function descendingOrder(database: DatabaseSync): TopicOrder {
  const where = '(time, digest) < (?2, ?3) AND time >= ?4 AND digest < ?5'
  const order = { where, by: 'time DESC, digest DESC', columns: ['time', 'digest'], limit: '?6' }
  return prepareOrder(database, { ...order, compare: (a, b) => compareTimes(b, a) })
}

/** Arrival: the bound is the sequence before the page. */
export function arrivalOrder(database: DatabaseSync): TopicOrder {
  const order = { where: 'sequence > ?2', by: 'sequence', columns: [], limit: '?3' }
  return prepareOrder(database, { ...order, compare: compareSequences })
}

type OrderText = {
  readonly where: string
  readonly by: string
  readonly columns: readonly string[]
  readonly limit: string
  readonly compare: (a: Key, b: Key) => number
}

function prepareOrder(database: DatabaseSync, text: OrderText): TopicOrder {
  const { where, by, limit, compare } = text
  const columns = ['sequence', ...text.columns]
  const end = `ORDER BY ${by} LIMIT ${limit}`
  // One column of the first row of a topic, found in the index.
  const head = (column: string) => `(SELECT ${column} FROM envelopes
    WHERE topic = value AND ${where} ORDER BY ${by} LIMIT 1) AS ${column}`
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
      `SELECT value AS topic FROM (SELECT value, ${columns.map(head)} FROM json_each(?1))
        WHERE sequence IS NOT NULL ${end}`,
    ),
    compare,
  }
}

/** A statement that reads integers as bigint. */
export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  return statement
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
