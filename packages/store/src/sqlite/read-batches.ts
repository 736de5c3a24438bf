import type { DatabaseSync } from 'node:sqlite'
import type { Batch } from '../upkeep.ts'
import { prepare } from './prepare.ts'
import { damageError } from './storage-error.ts'

const columns = 'height, first_sequence, last_sequence, committed_ns, hash'

/** Batches above a height, in order. */
export function readBatches(
  database: DatabaseSync,
  { afterHeight, limit }: { readonly afterHeight: number; readonly limit: number },
): Batch[] {
  const where = 'WHERE height > ? ORDER BY height LIMIT ?'
  const rows = prepare(database, `SELECT ${columns} FROM batches ${where}`)
  return rows.all(afterHeight, limit).map(batchOf)
}

/** The last batch, undefined when there is none. */
export function readLastBatch(database: DatabaseSync): Batch | undefined {
  const end = 'ORDER BY height DESC LIMIT 1'
  const row = prepare(database, `SELECT ${columns} FROM batches ${end}`).get()
  return row && batchOf(row)
}

function batchOf(row: Readonly<Record<string, unknown>>): Batch {
  const { height, first_sequence, last_sequence, committed_ns, hash } = row
  const isWhole =
    typeof height === 'bigint' && typeof committed_ns === 'bigint' && hash instanceof Uint8Array
  if (!isWhole) throw damageError('Read the store', `batch ${height} is damaged`)
  return {
    height: Number(height),
    firstSequence: Number(first_sequence),
    lastSequence: Number(last_sequence),
    committedNs: committed_ns,
    hash,
  }
}
