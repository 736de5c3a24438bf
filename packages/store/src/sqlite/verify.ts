// A look through the whole database, in steps that each take a moment, so that it can be ended and the
// write-ahead log never has to wait for it long.

import type { DatabaseSync } from 'node:sqlite'
import { equalBytes } from '@posthorn/bytes'
import { envelopeDigest } from '@posthorn/envelope'
import { batchHash, noBatchHash } from '../batch-hash.ts'
import type { Batch, VerifyReport } from '../upkeep.ts'
import { markColumns, markOf } from './index-mark.ts'
import { isWholeRow, type Row } from './packed-rows.ts'
import { prepare } from './prepare.ts'
import { readBatches } from './read-batches.ts'
import { checksumOfRow } from './row-record.ts'
import { readSettings } from './settings-sql.ts'
import { sha256 } from './sha256.ts'
import { storageError } from './storage-error.ts'
import { timestampOfTime } from './time.ts'
import { inSnapshot } from './transaction.ts'

const maxFaults = 100
const batchesAtATime = 64
const rowsAtATime = 2_000

/** What one step found. */
export type VerifyStep = {
  /** The last batch looked at; the next step goes on above it. */
  readonly head: Batch
  readonly envelopes: number
  readonly batches: number
  readonly faults: readonly string[]
  readonly isLast: boolean
}

/** What stands below the first batch. */
export const beforeAllBatches: Batch = {
  height: 0,
  firstSequence: 0,
  lastSequence: 0,
  committedNs: 0n,
  hash: noBatchHash,
}

/** Where the steps are done: in another thread or in this one. */
export type VerifySteps = {
  readonly verifyBatches: (head: Batch) => Promise<VerifyStep>
  readonly verifyTotals: () => Promise<readonly string[]>
  readonly verifyIndexes: () => Promise<readonly string[]>
}

/** Does all steps. `signal` ends it at once, though the step at hand goes on by itself. */
export async function verifyInSteps(
  steps: VerifySteps,
  signal?: AbortSignal,
): Promise<VerifyReport> {
  const aborted = rejectionBy(signal)
  const faults: string[] = []
  let [envelopes, batches, head, isLast] = [0, 0, beforeAllBatches, false]
  while (!isLast) {
    const step = await Promise.race([aborted, steps.verifyBatches(head)])
    envelopes += step.envelopes
    batches += step.batches
    faults.push(...step.faults.slice(0, maxFaults))
    ;({ head, isLast } = step)
  }
  faults.push(...(await Promise.race([aborted, steps.verifyTotals()])))
  faults.push(...(await Promise.race([aborted, steps.verifyIndexes()])))
  return { envelopes, batches, faults: faults.slice(0, maxFaults) }
}

function rejectionBy(signal: AbortSignal | undefined): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  if (signal?.aborted) reject(signal.reason)
  signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  // It may come when nobody waits any more.
  promise.catch(() => undefined)
  return promise
}

/** Checks some batches above one, and their rows. */
export function verifyBatches(database: DatabaseSync, head: Batch): VerifyStep {
  const faults: string[] = []
  let [last, envelopes, batches] = [head, 0, 0]
  const isLast = withDamage(faults, true, () =>
    inSnapshot(database, () => {
      const page = { afterHeight: head.height, limit: batchesAtATime }
      const found = readBatches(database, page)
      const indexed = readMark(database)
      for (const batch of found) {
        if (envelopes >= rowsAtATime) return false
        const rows = rowsOfBatch(database, batch)
        const damaged = rows.filter((row) => !isSound(row))
        const hidden = rows.filter((row) => !isFound(row, indexed) && !damaged.includes(row))
        faults.push(...damaged.map(({ sequence }) => `row ${sequence}: the checksum does not hold`))
        faults.push(
          ...hidden.map(({ sequence }) => `row ${sequence}: an index does not lead to it`),
        )
        faults.push(...faultsOfBatch(batch, last, damaged.length > 0 ? [] : rows))
        envelopes += rows.length
        batches += 1
        last = batch
      }
      return found.length === 0
    }),
  )
  return { head: last, envelopes, batches, faults, isLast }
}

/** Checks the settings, and the numbers that are kept against a count. */
export function verifyTotals(database: DatabaseSync): string[] {
  const faults: string[] = []
  withDamage(faults, undefined, () => void readSettings(database))
  withDamage(faults, undefined, () => {
    const row = database
      .prepare(
        `SELECT topics, pruned, (SELECT count(*) FROM topics) AS found_topics,
          (SELECT count(*) FROM envelopes) AS found,
          (SELECT coalesce(max(last_sequence), 0) FROM batches) AS last FROM totals`,
      )
      .get()
    const number = (column: string) => Number(row?.[column])
    const expected = number('last') - number('pruned')
    if (number('found') !== expected) {
      faults.push(`envelopes: ${number('found')} found, expected ${expected}`)
    }
    if (number('found_topics') !== number('topics')) {
      faults.push(`topics: ${number('found_topics')} found, expected ${number('topics')}`)
    }
  })
  return faults
}

/** Checks all pages, and that the indexes have no entries beside those of rows. */
export function verifyIndexes(database: DatabaseSync): string[] {
  const faults: string[] = []
  withDamage(faults, undefined, () => {
    const rows = database.prepare(`PRAGMA integrity_check(${maxFaults})`).all()
    const found = rows.map((row) => String(row['integrity_check']))
    faults.push(...found.filter((line) => line !== 'ok').map((line) => `database: ${line}`))
  })
  withDamage(faults, undefined, () =>
    inSnapshot(database, () => {
      const indexed = readMark(database)
      const count = (table: string) =>
        database.prepare(`SELECT count(*) AS n FROM ${table} WHERE sequence <= ?`).get(indexed)?.[
          'n'
        ]
      const rows = count('envelopes')
      for (const index of ['by_time', 'by_arrival']) {
        const entries = count(index)
        if (entries !== rows) faults.push(`${index}: ${entries} entries found, expected ${rows}`)
      }
    }),
  )
  return faults
}

function readMark(database: DatabaseSync): number {
  return markOf(database.prepare(`SELECT ${markColumns} FROM totals`).get())
}

// What SQLite cannot read is a fault as well.
function withDamage<Result>(faults: string[], otherwise: Result, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    const error = storageError('database', cause)
    if (error.code !== 'store/corrupt') throw error
    faults.push(error.message)
    return otherwise
  }
}

/** A row with what the indexes say of it. */
type FoundRow = Row & { readonly by_time: bigint | null; readonly by_arrival: bigint | null }

function rowsOfBatch(database: DatabaseSync, { firstSequence, lastSequence }: Batch): FoundRow[] {
  const rows = prepare(
    database,
    `SELECT e.sequence, name, e.time, e.digest, e.message, e.checksum,
        t.sequence AS by_time, a.sequence AS by_arrival
      FROM envelopes AS e LEFT JOIN topics ON topics.id = e.topic
        LEFT JOIN by_time AS t ON t.topic = e.topic AND t.time = e.time AND t.digest = e.digest
        LEFT JOIN by_arrival AS a ON a.topic = e.topic AND a.sequence = e.sequence
      WHERE e.sequence BETWEEN ? AND ? ORDER BY e.sequence`,
  )
  return rows.all(firstSequence, lastSequence) as unknown[] as FoundRow[]
}

function isFound(row: FoundRow, indexed: number): boolean {
  if (row.sequence > indexed) return true
  return row.by_time === row.sequence && row.by_arrival === row.sequence
}

function isSound(row: Row): boolean {
  const { name, digest, message } = row
  if (!isWholeRow(row) || checksumOfRow(row) !== Number(row.checksum)) return false
  return equalBytes(envelopeDigest({ contentTopic: name, message }, sha256), digest)
}

function faultsOfBatch(batch: Batch, previous: Batch, rows: readonly Row[]): string[] {
  const { height, firstSequence, lastSequence } = batch
  const faults: string[] = []
  if (height !== previous.height + 1 || firstSequence !== previous.lastSequence + 1) {
    faults.push(`batch ${height}: does not follow on the one below`)
  }
  if (batch.committedNs < previous.committedNs) {
    faults.push(`batch ${height}: committed before the one below`)
  }
  // What retention has deleted cannot be hashed; such a batch is held by the hashes around it. Damaged rows
  // are told of already.
  const isWhole = rows.length === lastSequence - firstSequence + 1
  const content = rows.map(({ time, digest }) => ({ timestampNs: timestampOfTime(time), digest }))
  const hashed = { previousHash: previous.hash, height, rows: content }
  if (isWhole && !equalBytes(batchHash(hashed, sha256), batch.hash)) {
    faults.push(`batch ${height}: the hash does not hold`)
  }
  return faults
}
