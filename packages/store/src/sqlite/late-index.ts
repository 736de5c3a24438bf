// Keeps the two index tables, later than the rows. An entry for each row as it comes would change a page of
// its own each time, far from all others, and a page that changes is written out whole: in a large store that
// costs several times as much as the row. So rows stay in memory until there are many, and go into the
// indexes sorted by topic, a few with each commit.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { checksumOfMark, markColumns, markOf } from './index-mark.ts'
import { prepare, prepareRows } from './prepare.ts'
import type { EqualRow, IndexedRow, RecentRows } from './recent-rows.ts'
import { type RowInserter, rowInserter } from './row-inserter.ts'

// Rows with as many bytes of messages go into the indexes however few they are: after a crash they are read again.
const roundBytes = 33_554_432
// Higher than the number of rows that there is room for.
const spreadOfTopics = 2 ** 21

/** Moves rows from memory into the indexes. All of it is part of the caller's transactions. */
export class LateIndex {
  readonly #database: DatabaseSync
  readonly #recent: RecentRows
  readonly #roundRows: number
  readonly #insertTimes: RowInserter
  readonly #insertArrivals: RowInserter
  readonly #findTime: StatementSync
  readonly #findNewest: StatementSync
  #indexed = 0
  /** Of the messages that are in no round yet. */
  #waitingBytes = 0
  /** The round at hand: rows in the order of topics, the next one to move, and where the round ends. */
  #order = new Float64Array(0)
  #next = 0
  #end = 0

  constructor(database: DatabaseSync, recent: RecentRows, roundRows: number) {
    this.#database = database
    this.#recent = recent
    this.#roundRows = roundRows
    // A round that a crash ended has left some of its entries.
    this.#insertTimes = rowInserter(database, 'INSERT OR IGNORE INTO by_time VALUES', 4)
    this.#insertArrivals = rowInserter(database, 'INSERT OR IGNORE INTO by_arrival VALUES', 2)
    this.#findTime = database.prepare(
      'SELECT sequence FROM by_time WHERE topic = ? AND time = ? AND digest = ?',
    )
    this.#findNewest = prepare(
      database,
      'SELECT time FROM by_time WHERE topic = ? ORDER BY time DESC LIMIT 1',
    )
    this.reload()
  }

  /** All rows up to this sequence are in the indexes, once the transaction is committed. */
  get indexed(): number {
    return this.#indexed
  }

  /** Goes back to what is committed; call it outside of a transaction. */
  reload(): void {
    const state = this.#database.prepare(`SELECT ${markColumns},
      (SELECT coalesce(max(sequence), 0) FROM envelopes) AS last FROM totals`)
    const row = state.get()
    const last = Number(row?.['last'])
    this.#indexed = markOf(row)
    this.#endRound()
    if (last - this.#indexed > this.#recent.capacity) this.#indexFromTable(last)
    this.#waitingBytes = 0
    this.#recent.restart(
      this.#indexed + 1,
      this.#counted(rowsBeyond(this.#database, this.#indexed)),
    )
  }

  *#counted(rows: Iterable<IndexedRow>): Generator<IndexedRow> {
    for (const row of rows) {
      this.#waitingBytes += row.bytes
      yield row
    }
  }

  /** The sequence of an equal row. */
  find(row: EqualRow): number | undefined {
    const recent = this.#recent.find(row, this.#indexed)
    if (recent !== undefined) return recent
    const found = this.#findTime.get(row.topic, row.time, row.digest)
    return found && Number(found['sequence'])
  }

  /** The latest time of a topic's rows. */
  newestTime(topic: number): bigint | undefined {
    const recent = this.#recent.newestTime(topic, this.#indexed)
    const indexed = this.#findNewest.get(topic)?.['time'] as bigint | undefined
    if (recent === undefined || indexed === undefined) return recent ?? indexed
    return recent > indexed ? recent : indexed
  }

  /** Whether a topic has rows that are not in the indexes. */
  isRecent(topic: number): boolean {
    return this.#recent.newestTime(topic, this.#indexed) !== undefined
  }

  /** Whether there is room for the row of a sequence; otherwise {@link LateIndex.add} looks for it in the table. */
  hasRoomFor(sequence: number): boolean {
    return sequence - this.#indexed <= this.#recent.capacity
  }

  /** Takes the row that follows on the last one. */
  add(row: IndexedRow): void {
    this.#waitingBytes += row.bytes
    if (this.hasRoomFor(row.sequence)) this.#recent.add(row)
    else this.#indexFromTable(row.sequence)
  }

  /** Moves up to `count` rows, once enough are waiting; `last` is the last row there is. */
  advance(last: number, count: number): void {
    const isMuch = last - this.#indexed >= this.#roundRows || this.#waitingBytes >= roundBytes
    if (this.#isBetweenRounds() && isMuch) this.#beginRound(last)
    this.#move(count)
  }

  /** Moves up to `count` rows, however few are waiting. */
  hurry(last: number, count: number): void {
    if (this.#isBetweenRounds() && last > this.#indexed) this.#beginRound(last)
    this.#move(count)
  }

  #isBetweenRounds(): boolean {
    return this.#next === this.#order.length
  }

  #beginRound(last: number): void {
    const first = this.#indexed + 1
    this.#order = new Float64Array(last - this.#indexed)
    for (let i = 0; i < this.#order.length; i++) {
      this.#order[i] = this.#recent.row(first + i).topic * spreadOfTopics + i
    }
    this.#order.sort()
    this.#next = 0
    this.#end = last
    this.#waitingBytes = 0
  }

  #move(count: number): void {
    if (this.#isBetweenRounds()) return
    const end = Math.min(this.#next + count, this.#order.length)
    const times: SQLInputValue[] = []
    const arrivals: SQLInputValue[] = []
    for (; this.#next < end; this.#next++) {
      const offset = (this.#order[this.#next] ?? 0) % spreadOfTopics
      const { topic, time, digest, sequence } = this.#recent.row(this.#indexed + 1 + offset)
      times.push(topic, time, digest, sequence)
      arrivals.push(topic, sequence)
    }
    this.#insertTimes(times)
    this.#insertArrivals(arrivals)
    if (this.#isBetweenRounds()) this.#finishAt(this.#end)
  }

  // For more rows than there is room for, as in one append of a hundred thousand.
  #indexFromTable(last: number): void {
    const rows = 'FROM envelopes WHERE sequence BETWEEN ? AND ?'
    const first = this.#indexed + 1
    for (const insert of [
      `INSERT OR IGNORE INTO by_time SELECT topic, time, digest, sequence ${rows}
        ORDER BY topic, time, digest`,
      `INSERT OR IGNORE INTO by_arrival SELECT topic, sequence ${rows} ORDER BY topic, sequence`,
    ]) {
      this.#database.prepare(insert).run(first, last)
    }
    this.#finishAt(last)
    this.#waitingBytes = 0
    this.#recent.restart(last + 1, [])
  }

  #finishAt(last: number): void {
    this.#indexed = last
    const mark = this.#database.prepare('UPDATE totals SET indexed = ?, indexed_checksum = ?')
    mark.run(last, checksumOfMark(last))
    this.#endRound()
  }

  #endRound(): void {
    this.#order = new Float64Array(0)
    this.#next = 0
  }
}

const rowsOfPage = 4_096

type StoredRow = [bigint, bigint, bigint, Uint8Array, bigint, bigint]

/** The rows beyond a sequence as they are in the table. */
export function* rowsBeyond(database: DatabaseSync, sequence: number): Generator<IndexedRow> {
  const page = prepareRows(
    database,
    `SELECT topic, sequence, time, digest, length(message), checksum FROM envelopes
      WHERE sequence > ? ORDER BY sequence LIMIT ${rowsOfPage}`,
  )
  for (let after = sequence; ; ) {
    const rows = page.all(after) as unknown as StoredRow[]
    for (const [topic, own, time, digest, bytes, checksum] of rows) {
      after = Number(own)
      const numbers = { topic: Number(topic), bytes: Number(bytes), checksum: Number(checksum) }
      yield { ...numbers, sequence: after, time, digest }
    }
    if (rows.length < rowsOfPage) return
  }
}
