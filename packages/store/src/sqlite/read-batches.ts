import type { DatabaseSync } from 'node:sqlite'
import type { Batch } from '../upkeep.ts'
import { prepare } from './prepare.ts'

/** Batches above a height, in order. */
export function readBatches(
  database: DatabaseSync,
  { afterHeight, limit }: { readonly afterHeight: number; readonly limit: number },
): Batch[] {
  const rows = prepare(database, 'SELECT * FROM batches WHERE height > ? ORDER BY height LIMIT ?')
  return rows.all(afterHeight, limit).map((row) => ({
    height: Number(row['height']),
    firstSequence: Number(row['first_sequence']),
    lastSequence: Number(row['last_sequence']),
    committedNs: BigInt(row['committed_ns'] as bigint),
    hash: row['hash'] as Uint8Array,
  }))
}
