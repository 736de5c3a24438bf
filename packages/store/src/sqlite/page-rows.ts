// Rows of a page. SQLite gives the small columns row by row, and all digests and all messages as one blob each: making
// an array for each of a hundred rows would take longer than reading them.

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StorageError } from '@posthorn/errors'
import type { Row } from './packed-rows.ts'
import { prepareRows } from './prepare.ts'
import type { IndexedRow } from './recent-rows.ts'
import { damageError } from './storage-error.ts'

/** What a row has besides its digest and its message. */
export type RowHead = {
  readonly sequence: bigint
  /** The topic's id. */
  readonly topic: bigint
  readonly time: bigint
  readonly checksum: bigint
  /** Of the message. */
  readonly bytes: bigint
}

/** The head of a row from memory. */
export function headOf({ sequence, topic, time, checksum, bytes }: IndexedRow): RowHead {
  return {
    sequence: BigInt(sequence),
    topic: BigInt(topic),
    time,
    checksum: BigInt(checksum),
    bytes: BigInt(bytes),
  }
}

const digestBytes = 32

/** Reads rows by their sequences. Nothing is checked that the rows' checksums tell. */
export class PageRows {
  readonly #heads: StatementSync
  readonly #bodies: StatementSync

  constructor(database: DatabaseSync) {
    // CROSS, so that rows come in the order of the list.
    const listed = 'FROM json_each(?) AS k CROSS JOIN envelopes AS e ON e.sequence = k.value'
    this.#heads = prepareRows(
      database,
      `SELECT e.sequence, e.topic, e.time, e.checksum, length(e.message), 1 ${listed}`,
    )
    this.#bodies = prepareRows(
      database,
      `SELECT CAST(group_concat(e.digest, '') AS BLOB), CAST(group_concat(e.message, '') AS BLOB) ${listed}`,
    )
  }

  /** The heads of those that are there. @throws StorageError `store/corrupt` */
  heads(sequences: readonly bigint[]): RowHead[] {
    return readHeads(this.#heads.all(listOf(sequences)))
  }

  /** The rows of heads, with the names of their topics. @throws StorageError `store/corrupt` */
  rows(heads: readonly RowHead[], names: ReadonlyMap<bigint, string>): Row[] {
    if (heads.length === 0) return []
    const columns = this.#bodies.get(listOf(heads.map(({ sequence }) => sequence)))
    const [digests, messages] = Object.values(columns ?? []) as unknown[]
    if (!(digests instanceof Uint8Array && messages instanceof Uint8Array)) throw unlikeHeads()
    let at = 0
    const rows = heads.map(({ sequence, topic, time, checksum, bytes }, i): Row => {
      const digest = digests.subarray(i * digestBytes, (i + 1) * digestBytes)
      const message = messages.subarray(at, at + Number(bytes))
      at += Number(bytes)
      const name = names.get(topic) ?? ''
      return { sequence, name, time, digest, message, checksum }
    })
    const isExact = at === messages.length && heads.length * digestBytes === digests.length
    if (!isExact) throw unlikeHeads()
    return rows
  }
}

/**
 * Heads from their columns: sequence, topic, time, checksum, bytes, and 1 where the index agrees with the row.
 *
 * @throws StorageError `store/corrupt`
 */
export function readHeads(rows: readonly unknown[]): RowHead[] {
  return rows.map((columns) => {
    const [sequence, topic, time, checksum, bytes, agrees] = columns as readonly bigint[]
    const head = { sequence, topic, time, checksum, bytes }
    if (agrees !== 1n || !isWhole(head)) throw strayRow()
    return head
  })
}

function isWhole(head: { readonly [Name in keyof RowHead]: bigint | undefined }): head is RowHead {
  return (
    typeof head.sequence === 'bigint' &&
    typeof head.topic === 'bigint' &&
    typeof head.time === 'bigint' &&
    typeof head.checksum === 'bigint' &&
    typeof head.bytes === 'bigint'
  )
}

function listOf(sequences: readonly bigint[]): string {
  return `[${sequences.join(',')}]`
}

/** The error of an index that does not agree with the rows. */
export function strayRow(): StorageError {
  return damageError('Read the store', 'an index leads to a row that is not the one it names')
}

function unlikeHeads(): StorageError {
  return damageError('Read the store', 'rows have other lengths than their heads say')
}
