// Statements that read pages, and their rows.

import { toUtf8 } from '@posthorn/bytes'
import { boundsOf } from '../sqlite/position.ts'
import { timestampOfTime } from '../sqlite/time.ts'
import type { RangeQuery, StoredEnvelope, TailQuery } from '../store.ts'
import { takeBytes } from '../take-bytes.ts'
import { byteaArray, int8Array } from './binary-array.ts'
import type { Row, Statement } from './database.ts'

/** A statement with its parameters. */
export type Read = { readonly statement: Statement; readonly values: readonly unknown[] }

/** Reads a page in the order of sender's time; undefined when it must be empty. */
export function rangeRead(query: RangeQuery): Read | undefined {
  const { direction, limit, maxBytes } = query
  const bounds = boundsOf(query)
  const topics = [...new Set(query.topics)].map((topic) => toUtf8(topic))
  const [topic] = topics
  if (bounds === undefined || topic === undefined || limit === 0) return undefined
  const { time, digest, farTime, digestBeyond } = bounds
  const places = [String(time), Buffer.from(digest), String(farTime), Buffer.from(digestBeyond)]
  const isSingle = topics.length === 1
  return {
    statement: rangeStatements[direction][isSingle ? 'single' : 'many'],
    values: [
      isSingle ? Buffer.from(topic) : byteaArray(topics),
      ...places,
      limit,
      budget(maxBytes),
    ],
  }
}

/** Reads a page in the order of arrival; undefined when it must be empty. */
export function tailRead({
  afterSequence,
  limit,
  topics,
  positions,
  maxBytes,
}: TailQuery): Read | undefined {
  const after = Math.max(0, afterSequence)
  if (limit === 0) return undefined
  if (topics === undefined && positions === undefined) {
    return { statement: tailStatement, values: [after, limit, budget(maxBytes)] }
  }
  const starts = positions ?? new Map((topics ?? []).map((topic) => [topic, after]))
  if (starts.size === 0) return undefined
  const names = byteaArray(Array.from(starts.keys(), (topic) => toUtf8(topic)))
  const afters = int8Array(Array.from(starts.values(), (start) => BigInt(Math.max(after, start))))
  return { statement: topicTailStatement, values: [names, afters, limit, budget(maxBytes)] }
}

/** The rows of a page. */
export function rowsOf(rows: readonly Row[], maxBytes: number | undefined): StoredEnvelope[] {
  return takeBytes(
    rows.map(([sequence, name, time, digest, message]) => ({
      sequence: Number(sequence),
      contentTopic: (name as Buffer).toString(),
      timestampNs: timestampOfTime(BigInt(time as string)),
      digest: digest as Uint8Array,
      message: message as Uint8Array,
    })),
    maxBytes,
  )
}

// A row comes along when those before it have fewer bytes, so that the first always does.
function budget(maxBytes = Number.MAX_SAFE_INTEGER): number {
  return Math.max(1, Math.min(maxBytes, Number.MAX_SAFE_INTEGER))
}

const envelopes = 'posthorn.envelopes'

// Messages stay in the table until the budget is known: adding up lengths does not read them.
function page(source: string, by: string, maxBytes: string): string {
  return `SELECT p.sequence, t.name, p.time, p.digest, p.message
    FROM (
      SELECT *, sum(octet_length(message)) OVER (ORDER BY ${by}) - octet_length(message) AS before
        FROM (${source}) s
    ) p JOIN posthorn.topics t ON t.id = p.topic
    WHERE p.before < ${maxBytes} ORDER BY ${by}`
}

const tailStatement: Statement = {
  name: 'tail',
  text: page(
    `SELECT * FROM ${envelopes} WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
    'sequence',
    '$3',
  ),
}

const topicTailStatement: Statement = {
  name: 'topic tail',
  text: manyTopics({
    wanted: `SELECT t.id, w.after
      FROM unnest($1::bytea[], $2::bigint[]) w (name, after) JOIN posthorn.topics t USING (name)`,
    columns: 'sequence',
    where: 'sequence > w.after',
    by: 'sequence',
    inTopic: 'sequence',
    limit: '$3',
    maxBytes: '$4',
  }),
}

type Order = {
  /** Of (time, digest), in `direction`. */
  readonly beyond: '>' | '<'
  readonly direction: '' | 'DESC'
}

function rangeStatement(name: string, { beyond, direction }: Order) {
  const where = `(time, digest) ${beyond} ($2::bigint, $3::bytea) AND time ${beyond === '>' ? '<=' : '>='} $4
    AND digest ${beyond} $5`
  const inTopic = `time ${direction}, digest ${direction}`
  const by = `${inTopic}, sequence ${direction}`
  const single = `SELECT * FROM ${envelopes}
    WHERE topic = (SELECT id FROM posthorn.topics WHERE name = $1) AND ${where}
    ORDER BY ${inTopic} LIMIT $6`
  const many = manyTopics({
    wanted: 'SELECT t.id FROM unnest($1::bytea[]) w (name) JOIN posthorn.topics t USING (name)',
    columns: 'sequence, time, digest',
    where,
    by,
    inTopic,
    limit: '$6',
    maxBytes: '$7',
  })
  return {
    single: { name: `${name} of one`, text: page(single, by, '$7') },
    many: { name: `${name} of many`, text: many },
  }
}

const rangeStatements: Readonly<
  Record<RangeQuery['direction'], { readonly single: Statement; readonly many: Statement }>
> = {
  ascending: rangeStatement('ascending', { beyond: '>', direction: '' }),
  descending: rangeStatement('descending', { beyond: '<', direction: 'DESC' }),
}

type ManyTopics = {
  /** Gives the topics' ids, and what `where` needs, as `w`. */
  readonly wanted: string
  /** What the order needs, all of it in an index. */
  readonly columns: string
  readonly where: string
  readonly by: string
  /** The order within one topic, as its index has it. */
  readonly inTopic: string
  readonly limit: string
  readonly maxBytes: string
}

// Only the topics that begin first, at most as many as the page has rows, can have a row in it: they are found
// by one probe each. Keys come from the index; rows are read once it is known which.
function manyTopics(parts: ManyTopics): string {
  const { wanted, columns, where, by, inTopic, limit, maxBytes } = parts
  const keys = (count: string) => `CROSS JOIN LATERAL (
    SELECT ${columns} FROM ${envelopes} WHERE topic = w.id AND ${where}
      ORDER BY ${inTopic} LIMIT ${count}) k`
  const source = `SELECT e.* FROM (
      SELECT k.sequence FROM (
        SELECT w.* FROM (${wanted}) w ${keys('1')} ORDER BY ${by} LIMIT ${limit}
      ) w ${keys(limit)} ORDER BY ${by} LIMIT ${limit}
    ) found JOIN ${envelopes} e USING (sequence)`
  return page(source, by, maxBytes)
}
