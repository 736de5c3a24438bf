// Retention in SQLite: a reader thread finds the rows, the writer thread deletes them a few at a time. Finding goes
// by the indexes, so these must have all rows that a rule may be about.

import type { DatabaseSync } from 'node:sqlite'
import { topicCategory } from '@posthorn/envelope'
import type { PruneReport, PruneRequest } from '../upkeep.ts'
import type { LateIndex } from './late-index.ts'
import { prepare } from './prepare.ts'
import { inSnapshot } from './transaction.ts'

/** Where a search for rows to delete goes on. */
export type PruneSearch = PruneRequest & {
  /** Only topics with this id or a higher one. */
  readonly fromTopic: number
}

/** Rows to delete, of topics in the order of their ids. */
export type PruneFinding = {
  readonly sequences: Float64Array
  /** Where the next search should go on. */
  readonly fromTopic: number
}

/** Counts all rows that a rule is about. */
export function countPrunable(
  database: DatabaseSync,
  request: Omit<PruneRequest, 'limit'>,
): PruneReport {
  return inSnapshot(database, () => {
    const last = lastSequenceBefore(database, request.committedBeforeNs)
    const sum = database.prepare(`SELECT count(*) AS envelopes, sum(length(message)) AS bytes
      FROM by_arrival JOIN envelopes USING (sequence)
      WHERE by_arrival.topic = ? AND sequence <= ?`)
    const report = { envelopes: 0, bytes: 0 }
    for (const topic of topicsOf(database, request.category, 0)) {
      const row = sum.get(topic, last)
      report.envelopes += Number(row?.['envelopes'])
      report.bytes += Number(row?.['bytes'])
    }
    return report
  })
}

/** Finds some of the rows that a rule is about; none only when there are none from the topic on. */
export function findPrunable(database: DatabaseSync, search: PruneSearch): PruneFinding {
  return inSnapshot(database, () => {
    const { category, committedBeforeNs, limit } = search
    const last = lastSequenceBefore(database, committedBeforeNs)
    const find = database.prepare(`SELECT sequence FROM by_arrival
      WHERE topic = ? AND sequence <= ? ORDER BY sequence LIMIT +?`)
    const sequences: number[] = []
    let fromTopic = 0
    for (const topic of topicsOf(database, category, search.fromTopic)) {
      if (sequences.length >= limit) break
      const rows = find.all(topic, last, limit - sequences.length)
      if (rows.length > 0) fromTopic = topic
      for (const row of rows) sequences.push(Number(row['sequence']))
    }
    return { sequences: Float64Array.from(sequences), fromTopic }
  })
}

/** Deletes rows, as part of a transaction, and topics that have none left; none that the indexes do not have. */
export function deleteRows(
  database: DatabaseSync,
  sequences: Float64Array,
  index: LateIndex,
): PruneReport {
  const removeRow = prepare(
    database,
    `DELETE FROM envelopes WHERE sequence = ? AND sequence <= ?
      RETURNING sequence, topic, time, digest, length(message) AS bytes`,
  )
  const removeTime = database.prepare(`DELETE FROM by_time
    WHERE topic = ? AND time = ? AND digest = ? AND sequence = ?`)
  const removeArrival = database.prepare('DELETE FROM by_arrival WHERE topic = ? AND sequence = ?')
  const topics = new Set<number>()
  const report = { envelopes: 0, bytes: 0 }
  for (const wanted of sequences) {
    const row = removeRow.get(wanted, index.indexed)
    if (row === undefined) continue
    const { sequence = null, topic = null, time = null, digest = null, bytes } = row
    removeTime.run(topic, time, digest, sequence)
    removeArrival.run(topic, sequence)
    topics.add(Number(topic))
    report.envelopes += 1
    report.bytes += Number(bytes)
  }
  const update = database.prepare('UPDATE totals SET pruned = pruned + ?, topics = topics - ?')
  update.run(report.envelopes, deleteEmptyTopics(database, topics, index))
  return report
}

function deleteEmptyTopics(
  database: DatabaseSync,
  topics: ReadonlySet<number>,
  index: LateIndex,
): number {
  const remove = database.prepare(`DELETE FROM topics
    WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM by_arrival WHERE topic = ?1)`)
  let deleted = 0
  for (const topic of topics) {
    if (!index.isRecent(topic)) deleted += Number(remove.run(topic).changes)
  }
  return deleted
}

function* topicsOf(
  database: DatabaseSync,
  category: PruneRequest['category'],
  fromTopic: number,
): Generator<number> {
  const topics = database.prepare('SELECT id, name FROM topics WHERE id >= ? ORDER BY id')
  for (const { id, name } of topics.iterate(fromTopic)) {
    if (topicCategory(String(name)) === category) yield Number(id)
  }
}

const maxInteger = 2n ** 63n - 1n

// Heights have no gaps and times never go back, so the last batch before a moment is found by halving.
function lastSequenceBefore(database: DatabaseSync, committedBeforeNs: bigint): number {
  const last = database.prepare('SELECT max(height) AS height FROM batches').get()
  const find = database.prepare(`SELECT last_sequence, committed_ns < ?2 AS is_before
    FROM batches WHERE height = ?1`)
  const before = committedBeforeNs < maxInteger ? committedBeforeNs : maxInteger
  let [low, high, sequence] = [1, Number(last?.['height'] ?? 0), 0]
  while (low <= high) {
    const middle = (low + high) >>> 1
    const batch = find.get(middle, before)
    if (batch?.['is_before'] === 1) {
      sequence = Number(batch['last_sequence'])
      low = middle + 1
    } else high = middle - 1
  }
  return sequence
}
