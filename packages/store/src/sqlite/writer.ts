// The one connection that writes. Runs inside the writer thread.

import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type BatchRow, batchHash } from '../batch-hash.ts'
import type { Batch, PruneReport } from '../upkeep.ts'
import type { PackedBatch, PackedResults } from './packed-batch.ts'
import { readLastBatch } from './read-batches.ts'
import { deleteRows } from './retention-sql.ts'
import { recordChecksum, recordHeadBytes, topicChecksum, writeRecordHead } from './row-record.ts'
import { changeSettings, type JsonSettingsChange } from './settings-sql.ts'
import { sha256 } from './sha256.ts'
import type { ThreadData } from './thread-messages.ts'
import { timestampOfTime } from './time.ts'
import { beforeAllBatches } from './verify.ts'

// Topics whose ids are remembered; some 20 MiB at most.
const maxKnownTopics = 100_000

/** Commits batches to a database. */
export class Writer implements Disposable {
  readonly #database: DatabaseSync
  readonly #insertEnvelope: StatementSync
  readonly #findEnvelope: StatementSync
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

  /** Opens a database that `prepareDatabaseFile` has left. */
  constructor(path: string, { isUnsafe = false }: Pick<ThreadData, 'isUnsafe'> = {}) {
    const database = new DatabaseSync(path, { timeout: 5_000 })
    this.#database = database
    try {
      // FULL: COMMIT returns after the disk has the write-ahead log. The two fullfsync settings make
      // that true on macOS, too.
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${isUnsafe ? 'OFF' : 'FULL'};
        PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
        PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 67108864;`)
      this.#insertEnvelope = database.prepare(`INSERT INTO envelopes
        (sequence, topic, time, digest, message, checksum) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (topic, time, digest) DO NOTHING`)
      this.#findEnvelope = database.prepare(
        'SELECT sequence FROM envelopes WHERE topic = ? AND time = ? AND digest = ?',
      )
      this.#insertTopic = database.prepare('INSERT INTO topics (name) VALUES (?)')
      this.#findTopic = database.prepare('SELECT id FROM topics WHERE name = ?')
      this.#insertBatch = database.prepare('INSERT INTO batches VALUES (?, ?, ?, ?, ?)')
      this.#addTopics = database.prepare('UPDATE totals SET topics = topics + ?')
      this.#head = readLastBatch(database) ?? beforeAllBatches
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** Stores a batch in one transaction. When it returns, the batch is on disk; when it throws, nothing is. */
  commit(batch: PackedBatch): PackedResults {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const { lastSequence } = this.#head
      const work = { lastSequence, rows: [], newTopics: 0 }
      const results = this.#insertAll(batch, work)
      const head = this.#insertHead(work, batch.nowNs)
      this.#database.exec('COMMIT')
      this.#head = head
      return results
    } catch (error) {
      this.#topics.clear()
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Changes settings in one transaction; gives their version after it. */
  changeSettings(change: JsonSettingsChange): number {
    return changeSettings(this.#database, change)
  }

  /** Deletes rows in one transaction. */
  deleteRows(sequences: Float64Array): PruneReport {
    // Topics without rows go, too.
    this.#topics.clear()
    return deleteRows(this.#database, sequences)
  }

  /** Bounds the size of the database, as a full disk would. */
  limitPages(pages: number): void {
    this.#database.exec(`PRAGMA max_page_count = ${Math.trunc(pages)}`)
  }

  /** Folds the write-ahead log into the database and closes it. */
  [Symbol.dispose](): void {
    this.#database.close()
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
      const topic = this.#topicOf(bytes.subarray(at, messageAt), work)
      const digest = sha256(bytes.subarray(at, end))
      const message = bytes.subarray(messageAt, end)
      const { sequence, isNew } = this.#insert({ topic, time, digest, message }, work)
      sequences[i] = sequence
      duplicates[i] = isNew ? 0 : 1
      at = end
    }
    return { sequences, duplicates }
  }

  #insert(row: NewRow, work: Work): { readonly sequence: number; readonly isNew: boolean } {
    const { topic, time, digest, message } = row
    const next = work.lastSequence + 1
    const head = { sequence: BigInt(next), time, digest }
    writeRecordHead({ bytes: this.#recordHead, view: this.#recordView, at: 0 }, head)
    const checksum = recordChecksum(message, recordChecksum(this.#recordHead, topic.checksum))
    const inserted = this.#insertEnvelope.run(next, topic.id, time, digest, message, checksum)
    if (inserted.changes === 1) {
      work.lastSequence = next
      work.rows.push({ timestampNs: timestampOfTime(time), digest })
      return { sequence: next, isNew: true }
    }
    const first = this.#findEnvelope.get(topic.id, time, digest)
    return { sequence: Number(first?.['sequence']), isNew: false }
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

  #topicOf(name: Buffer, work: Work): KnownTopic {
    const key = name.toString('latin1')
    const known = this.#topics.get(key)
    if (known !== undefined) return known
    if (this.#topics.size >= maxKnownTopics) this.#topics.clear()
    const topic = { id: this.#topicId(name.toString(), work), checksum: topicChecksum(name) }
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

/** What a commit has done so far. */
type Work = {
  lastSequence: number
  readonly rows: BatchRow[]
  newTopics: number
}

type KnownTopic = { readonly id: number; readonly checksum: number }

type NewRow = {
  readonly topic: KnownTopic
  readonly time: bigint
  readonly digest: Uint8Array
  readonly message: Uint8Array
}
