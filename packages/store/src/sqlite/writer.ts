// The one connection that writes. Runs inside the writer thread.

import { hash } from 'node:crypto'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { PackedBatch, PackedResults } from './packed-batch.ts'

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
  #height: number
  #lastSequence: number
  /** Ids by the topic's UTF-8 bytes, read as Latin-1, which is quicker and as exact. */
  readonly #topicIds = new Map<string, number>()

  /** Opens a database that `prepareDatabaseFile` has left. */
  constructor(path: string) {
    const database = new DatabaseSync(path, { timeout: 5_000 })
    this.#database = database
    try {
      // FULL: COMMIT returns after the disk has the write-ahead log. The two fullfsync settings make
      // that true on macOS, too.
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
        PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 67108864;`)
      this.#insertEnvelope = database.prepare(`INSERT INTO envelopes
        (sequence, topic, time, digest, message) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (topic, time, digest) DO NOTHING`)
      this.#findEnvelope = database.prepare(
        'SELECT sequence FROM envelopes WHERE topic = ? AND time = ? AND digest = ?',
      )
      this.#insertTopic = database.prepare('INSERT INTO topics (name) VALUES (?)')
      this.#findTopic = database.prepare('SELECT id FROM topics WHERE name = ?')
      this.#insertBatch = database.prepare('INSERT INTO batches VALUES (?, ?, ?)')
      const last = database
        .prepare('SELECT height, last_sequence FROM batches ORDER BY height DESC LIMIT 1')
        .get()
      this.#height = Number(last?.['height'] ?? 0)
      this.#lastSequence = Number(last?.['last_sequence'] ?? 0)
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** Stores a batch in one transaction. When it returns, the batch is on disk; when it throws, nothing is. */
  commit(batch: PackedBatch): PackedResults {
    const { height, lastSequence } = { height: this.#height, lastSequence: this.#lastSequence }
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const results = this.#insertAll(batch)
      if (this.#lastSequence > lastSequence) {
        this.#height = height + 1
        this.#insertBatch.run(this.#height, lastSequence + 1, this.#lastSequence)
      }
      this.#database.exec('COMMIT')
      return results
    } catch (error) {
      this.#height = height
      this.#lastSequence = lastSequence
      this.#topicIds.clear()
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Bounds the size of the database, as a full disk would. */
  limitPages(pages: number): void {
    this.#database.exec(`PRAGMA max_page_count = ${Math.trunc(pages)}`)
  }

  /** Folds the write-ahead log into the database and closes it. */
  [Symbol.dispose](): void {
    this.#database.close()
  }

  #insertAll({ times, topicBytes, messageBytes, body }: PackedBatch): PackedResults {
    const sequences = new Float64Array(times.length)
    const duplicates = new Uint8Array(times.length)
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    let at = 0
    for (const [i, time] of times.entries()) {
      const messageAt = at + (topicBytes[i] ?? 0)
      const end = messageAt + (messageBytes[i] ?? 0)
      const topic = this.#topicId(bytes.subarray(at, messageAt))
      const digest = hash('sha256', bytes.subarray(at, end), 'buffer')
      const message = bytes.subarray(messageAt, end)
      const next = this.#lastSequence + 1
      if (this.#insertEnvelope.run(next, topic, time, digest, message).changes === 1) {
        this.#lastSequence = next
        sequences[i] = next
      } else {
        sequences[i] = Number(this.#findEnvelope.get(topic, time, digest)?.['sequence'])
        duplicates[i] = 1
      }
      at = end
    }
    return { sequences, duplicates }
  }

  #topicId(name: Buffer): number {
    const key = name.toString('latin1')
    const known = this.#topicIds.get(key)
    if (known !== undefined) return known
    const text = name.toString()
    const id = this.#findTopic.get(text)?.['id'] ?? this.#insertTopic.run(text).lastInsertRowid
    if (this.#topicIds.size >= maxKnownTopics) this.#topicIds.clear()
    this.#topicIds.set(key, Number(id))
    return Number(id)
  }
}
