// Brings a database of an earlier layout to the present one, in place and in one transaction.

import { DatabaseSync } from 'node:sqlite'
import { equalBytes } from '@posthorn/bytes'
import { envelopeDigest } from '@posthorn/envelope'
import { batchHash, noBatchHash } from '../batch-hash.ts'
import { checksumOfMark } from './index-mark.ts'
import { prepare } from './prepare.ts'
import { readBatches, readLastBatch } from './read-batches.ts'
import { checksumOfRow } from './row-record.ts'
import { schemaOfIndexes, schemaOfUpkeep, schemaVersion } from './schema.ts'
import { sha256 } from './sha256.ts'
import { damageError } from './storage-error.ts'
import { timestampOfTime } from './time.ts'
import { inTransaction } from './transaction.ts'

/**
 * Migrates. Whatever happens on the way, the database is of one layout or of the other. Old batches count as
 * committed at `nowNs`.
 *
 * @throws StorageError `store/corrupt` when a row is not what its digest says
 */
export function migrateDatabase(path: string, nowNs: bigint): void {
  const database = new DatabaseSync(path, { timeout: 5_000 })
  try {
    database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON')
    database.function('row_checksum', { useBigIntArguments: true, varargs: true }, rowChecksum)
    inTransaction(database, () => {
      if (versionOf(database) === 1) addUpkeep(database, nowNs)
      replaceIndexes(database)
      database.exec(`PRAGMA user_version = ${schemaVersion}`)
    })
  } finally {
    database.close()
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
}

// From version 1 to version 2.
function addUpkeep(database: DatabaseSync, nowNs: bigint): void {
  database.exec(`
    ALTER TABLE envelopes ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE batches ADD COLUMN committed_ns INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE batches ADD COLUMN hash BLOB NOT NULL DEFAULT x'';
    ${schemaOfUpkeep}
    INSERT INTO totals SELECT 1, count(*), 0 FROM topics;
    UPDATE envelopes SET checksum = row_checksum(sequence,
      (SELECT name FROM topics WHERE id = topic), time, digest, message);`)
  chainBatches(database, nowNs)
}

// From version 2 to version 3: what the old indexes have is in the order in which the new ones want it.
function replaceIndexes(database: DatabaseSync): void {
  database.exec(`
    ${schemaOfIndexes()}
    INSERT INTO by_time SELECT topic, time, digest, sequence FROM envelopes
      ORDER BY topic, time, digest;
    DROP INDEX envelopes_by_time;
    INSERT INTO by_arrival SELECT topic, sequence FROM envelopes ORDER BY topic, sequence;
    DROP INDEX envelopes_by_arrival;`)
  const last = readLastBatch(database)?.lastSequence ?? 0
  const mark = database.prepare('UPDATE totals SET indexed = ?, indexed_checksum = ?')
  mark.run(last, checksumOfMark(last))
}

type Column = null | number | bigint | string | Uint8Array

function rowChecksum(...columns: readonly Column[]): number {
  const [sequence, name, time, digest, message] = columns
  const isRow =
    typeof sequence === 'bigint' &&
    typeof name === 'string' &&
    typeof time === 'bigint' &&
    digest instanceof Uint8Array &&
    message instanceof Uint8Array
  if (!isRow || !equalBytes(envelopeDigest({ contentTopic: name, message }, sha256), digest)) {
    throw damageError('Migrate the store', `row ${sequence} is not what its digest says`)
  }
  return checksumOfRow({ sequence, name, time, digest, message })
}

const batchesAtATime = 1_000

function chainBatches(database: DatabaseSync, nowNs: bigint): void {
  const rowsOf = prepare(
    database,
    'SELECT time, digest FROM envelopes WHERE sequence BETWEEN ? AND ? ORDER BY sequence',
  )
  const update = database.prepare('UPDATE batches SET committed_ns = ?, hash = ? WHERE height = ?')
  let [afterHeight, previousHash] = [0, noBatchHash]
  for (;;) {
    const batches = readBatches(database, { afterHeight, limit: batchesAtATime })
    if (batches.length === 0) return
    for (const { height, firstSequence, lastSequence } of batches) {
      const rows = rowsOf.all(firstSequence, lastSequence).map(({ time, digest }) => ({
        timestampNs: timestampOfTime(time as bigint),
        digest: digest as Uint8Array,
      }))
      previousHash = batchHash({ previousHash, height, rows }, sha256)
      update.run(nowNs, previousHash, height)
      afterHeight = height
    }
  }
}
