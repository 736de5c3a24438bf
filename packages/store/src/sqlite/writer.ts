// The one connection that writes. Runs inside the writer thread.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { StorageError } from '@posthorn/errors'
import { type BatchRow, batchHash } from '../batch-hash.ts'
import type { Batch, PruneReport } from '../upkeep.ts'
import { LateIndex } from './late-index.ts'
import type { PackedBatch, PackedResults } from './packed-batch.ts'
import { readLastBatch } from './read-batches.ts'
import { RecentRows } from './recent-rows.ts'
import { deleteRows } from './retention-sql.ts'
import { type RowInserter, rowInserter } from './row-inserter.ts'
import { recordChecksum, recordHeadBytes, topicChecksum, writeRecordHead } from './row-record.ts'
import { changeSettings, type JsonSettingsChange } from './settings-sql.ts'
import { sha256 } from './sha256.ts'
import type { ThreadData } from './thread-messages.ts'
import { timestampOfTime } from './time.ts'
import { inTransaction } from './transaction.ts'
import { beforeAllBatches } from './verify.ts'

// Topics whose ids are remembered; some 20 MiB at most.
const maxKnownTopics = 100_000
// More than one, so that a round ends before the next one is due.
const indexedPerRow = 1.25
// Publishes wait for as many.
const indexedAtATime = 2_000

/** Commits batches to a database. */
export class Writer implements Disposable {
  readonly #database: DatabaseSync
  readonly #index: LateIndex
  readonly #insertEnvelopes: RowInserter
  readonly #insertTopic: StatementSync
  readonly #findTopic: StatementSync
  readonly #insertBatch: StatementSync
  readonly #addTopics: StatementSync
  /** The last batch. */
  #head: Batch
  /** By the topic's UTF-8 bytes, read as Latin-1, which is quicker and as exact. */
  readonly #topics = new Map<string, KnownTopic>()
  readonly #recordHead = new Uint8Array(recordHeadBytes)
  readonly #recordView = new DataView(this.#recordHead.buffer)

  /** Whether the last transaction was not committed, so that what is remembered may be wrong. */
  #isStale = false

  /** Opens a database that `prepareDatabaseFile` has left. */
  constructor({ path, recent, isUnsafe = false }: ThreadData) {
    const database = new DatabaseSync(path, { timeout: 5_000 })
    this.#database = database
    try {
      // FULL: COMMIT returns after the disk has the write-ahead log. The two fullfsync settings make
      // that true on macOS, too.
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${isUnsafe ? 'OFF' : 'FULL'};
        PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
        PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 67108864;`)
      foldLog(database)
      this.#insertEnvelopes = rowInserter(
        database,
        'INSERT INTO envelopes (sequence, topic, time, digest, message, checksum) VALUES',
        6,
      )
      this.#insertTopic = database.prepare('INSERT INTO topics (name) VALUES (?)')
      this.#findTopic = database.prepare('SELECT id FROM topics WHERE name = ?')
      this.#insertBatch = database.prepare('INSERT INTO batches VALUES (?, ?, ?, ?, ?)')
      this.#addTopics = database.prepare('UPDATE totals SET topics = topics + ?')
      this.#head = readLastBatch(database) ?? beforeAllBatches
      const { memory, capacity, roundRows } = recent
      this.#index = new LateIndex(database, new RecentRows(memory, capacity), roundRows)
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** Stores a batch in one transaction. When it returns, the batch is on disk; when it throws, nothing is. */
  commit(batch: PackedBatch): PackedResults {
    const { lastSequence } = this.#head
    const work: Work = { lastSequence, rows: [], values: [], newTopics: 0 }
    const [results, head] = this.#inTransaction(() => {
      const results = this.#insertAll(batch, work)
      const head = this.#insertHead(work, batch.nowNs)
      this.#index.advance(head.lastSequence, Math.ceil(indexedPerRow * batch.times.length))
      return [results, head] as const
    })
    this.#head = head
    return results
  }

  /** Changes settings in one transaction; gives their version after it. */
  changeSettings(change: JsonSettingsChange): number {
    return changeSettings(this.#database, change)
  }

  /** Moves some rows into the indexes; gives whether these have all rows up to a sequence, or to the last row. */
  index(upTo: number): boolean {
    const { lastSequence } = this.#head
    this.#inTransaction(() => this.#index.hurry(lastSequence, indexedAtATime))
    return this.#index.indexed >= Math.min(upTo, lastSequence)
  }

  /** Deletes rows in one transaction; none of those that are not in the indexes. */
  deleteRows(sequences: Float64Array): PruneReport {
    // Topics without rows go, too.
    this.#topics.clear()
    return this.#inTransaction(() => deleteRows(this.#database, sequences, this.#index))
  }

  /** Bounds the size of the database, as a full disk would. */
  limitPages(pages: number): void {
    this.#database.exec(`PRAGMA max_page_count = ${Math.trunc(pages)}`)
  }

  /** Folds the write-ahead log into the database and closes it. */
  [Symbol.dispose](): void {
    this.#database.close()
  }

  #inTransaction<Result>(work: () => Result): Result {
    if (this.#isStale) this.#index.reload()
    this.#isStale = true
    try {
      const result = inTransaction(this.#database, work)
      this.#isStale = false
      return result
    } catch (error) {
      this.#topics.clear()
      throw error
    }
  }

  #insertAll(batch: PackedBatch, work: Work): PackedResults {
    const { times, topicBytes, messageBytes, body } = batch
    const sequences = new Float64Array(times.length)
    const duplicates = new Uint8Array(times.length)
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    let at = 0
    for (const [i, time] of times.entries()) {
      const messageAt = at + (topicBytes[i] ?? 0)
      const end = messageAt + (messageBytes[i] ?? 0)
      const topic = this.#topicOf(bytes.toString('latin1', at, messageAt), work)
      const digest = sha256(bytes.subarray(at, end))
      const message = bytes.subarray(messageAt, end)
      const { sequence, isNew } = this.#insert({ topic, time, digest, message }, work)
      sequences[i] = sequence
      duplicates[i] = isNew ? 0 : 1
      at = end
    }
    this.#flush(work)
    return { sequences, duplicates, body }
  }

  #insert(row: NewRow, work: Work): { readonly sequence: number; readonly isNew: boolean } {
    const { topic, time, digest, message } = row
    const known = this.#findEqual(row)
    if (known !== undefined) return { sequence: known, isNew: false }
    const sequence = work.lastSequence + 1
    const head = { sequence: BigInt(sequence), time, digest }
    writeRecordHead({ bytes: this.#recordHead, view: this.#recordView, at: 0 }, head)
    const checksum = recordChecksum(message, recordChecksum(this.#recordHead, topic.checksum))
    work.values.push(sequence, topic.id, time, digest, message, checksum)
    if (!this.#index.hasRoomFor(sequence)) this.#flush(work)
    const bytes = message.length
    this.#index.add({ topic: topic.id, sequence, time, digest, bytes, checksum })
    work.lastSequence = sequence
    work.rows.push({ timestampNs: timestampOfTime(time), digest })
    return { sequence, isNew: true }
  }

  #flush(work: Work): void {
    this.#insertEnvelopes(work.values)
    work.values = []
  }

  // Most envelopes are later than all others of their topic, so there is nothing to look for.
  #findEqual({ topic, time, digest }: NewRow): number | undefined {
    const { id, newestTime } = topic
    if (newestTime !== undefined && time <= newestTime) {
      return this.#index.find({ topic: id, time, digest })
    }
    topic.newestTime = time
    return undefined
  }

  #insertHead({ rows, newTopics, lastSequence }: Work, nowNs: bigint): Batch {
    const head = this.#head
    if (rows.length === 0) return head
    const height = head.height + 1
    const committedNs = nowNs > head.committedNs ? nowNs : head.committedNs
    const hash = batchHash({ previousHash: head.hash, height, rows }, sha256)
    const firstSequence = head.lastSequence + 1
    this.#insertBatch.run(height, firstSequence, lastSequence, committedNs, hash)
    if (newTopics > 0) this.#addTopics.run(newTopics)
    return { height, firstSequence, lastSequence, committedNs, hash }
  }

  #topicOf(key: string, work: Work): KnownTopic {
    const known = this.#topics.get(key)
    if (known !== undefined) return known
    const name = Buffer.from(key, 'latin1')
    if (this.#topics.size >= maxKnownTopics) this.#topics.clear()
    const id = this.#topicId(name.toString(), work)
    const topic = { id, checksum: topicChecksum(name), newestTime: this.#index.newestTime(id) }
    this.#topics.set(key, topic)
    return topic
  }

  #topicId(name: string, work: Work): number {
    const known = this.#findTopic.get(name)
    if (known !== undefined) return Number(known['id'])
    work.newTopics += 1
    return Number(this.#insertTopic.run(name).lastInsertRowid)
  }
}

// After a disk has failed to write, the log may hold a commit that is only in the system's memory, which passes for
// written. What is appended behind it would be lost with it, so the log is emptied before anything is appended.
function foldLog(database: DatabaseSync): void {
  const [result] = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
  if (result?.['busy'] === 0) return
  throw new StorageError(
    'store/unavailable',
    'Write to the store: the log of the last writer is still being read, expected it to be free',
    { retryAfterMs: 1_000 },
  )
}

/** What a commit has done so far. */
type Work = {
  lastSequence: number
  readonly rows: BatchRow[]
  /** Columns of rows that are not in the table yet, one row after the other. */
  values: SQLInputValue[]
  newTopics: number
}

type KnownTopic = {
  readonly id: number
  readonly checksum: number
  /** The latest time of its rows, as in their `time` column. */
  newestTime: bigint | undefined
}

type NewRow = {
  readonly topic: KnownTopic
  readonly time: bigint
  readonly digest: Uint8Array
  readonly message: Uint8Array
}
