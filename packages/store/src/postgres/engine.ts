// The store on a PostgreSQL database, put together. Only `openPostgresStore` loads it.

import { checkEnvelope, type Envelope } from '@posthorn/envelope'
import { checkLimit, closedError } from '../errors.ts'
import type { SettingsStore } from '../settings-store.ts'
import { GroupCommit } from '../sqlite/group-commit.ts'
import type {
  AppendResult,
  RangeQuery,
  Store,
  StoreCounts,
  StoredEnvelope,
  TailQuery,
} from '../store.ts'
import { nextTurn } from '../system-clock.ts'
import type { StoreUpkeep } from '../upkeep.ts'
import { Arrivals } from './arrivals.ts'
import { broadcastTexts } from './broadcast-text.ts'
import { Database, type Row } from './database.ts'
import { checkDatabaseUrl } from './database-url.ts'
import { migrate } from './migrate.ts'
import type { PostgresStoreOptions } from './options.ts'
import { OwnWrites } from './own-writes.ts'
import { packBatch, unpackResults } from './packed-batch.ts'
import { type Read, rangeRead, rowsOf, tailRead } from './reads.ts'
import { createPostgresSettings } from './settings.ts'
import { createPostgresUpkeep } from './upkeep.ts'

const maxBatchEnvelopes = 1_024
const maxBatchBytes = 8 * 1024 * 1024
const scanPage = { limit: 256, maxBytes: 4 * 1024 * 1024 }

/** As `openPostgresStore`. */
export async function openPostgresEngine(options: PostgresStoreOptions): Promise<Store> {
  const { url, readUrl, timers, openTimeoutMs = 30_000 } = options
  checkDatabaseUrl(url)
  if (readUrl !== undefined) checkDatabaseUrl(readUrl)
  await migrate({ url, timers, timeoutMs: openTimeoutMs })
  return new PostgresStore(options)
}

class PostgresStore implements Store {
  readonly writers = 'shared'
  readonly settings: SettingsStore
  readonly upkeep: StoreUpkeep
  readonly #clock: PostgresStoreOptions['clock']
  /** One connection: commits are one after the other. */
  readonly #writer: Database
  readonly #reader: Database
  readonly #replica: Database | undefined
  readonly #ownWrites = new OwnWrites()
  readonly #arrivals: Arrivals
  readonly #commits: GroupCommit
  #closing: Promise<void> | undefined

  constructor(options: PostgresStoreOptions) {
    const { url, readUrl, timers, maxReaders = 8 } = options
    this.#clock = options.clock
    this.#writer = new Database({ url, timers, maxConnections: 1 })
    this.#reader = new Database({ url, timers, maxConnections: maxReaders })
    if (readUrl !== undefined) {
      this.#replica = new Database({ url: readUrl, timers, maxConnections: maxReaders })
    }
    this.settings = createPostgresSettings(this.#reader)
    this.upkeep = createPostgresUpkeep(this.#reader)
    const lastSequence = async () => (await this.counts()).lastSequence
    this.#arrivals = new Arrivals({ url, timers, lastSequence })
    this.#commits = new GroupCommit({
      commit: (envelopes) => this.#commit(envelopes),
      nextTurn,
      maxBatchEnvelopes,
      maxBatchBytes,
      maxWaitingBytes: options.maxWaitingBytes ?? 256 * 1024 * 1024,
    })
  }

  async append(envelopes: readonly Envelope[]): Promise<readonly AppendResult[]> {
    this.#checkOpen()
    for (const envelope of envelopes) checkEnvelope(envelope)
    return envelopes.length === 0 ? [] : this.#commits.append(envelopes)
  }

  async range(query: RangeQuery): Promise<readonly StoredEnvelope[]> {
    this.#checkOpen()
    checkLimit(query.limit)
    const read = rangeRead(query)
    const rows = (await this.#replicaPage(query, read)) ?? (await this.#page(this.#reader, read))
    return rowsOf(rows, query.maxBytes)
  }

  async tail(query: TailQuery): Promise<readonly StoredEnvelope[]> {
    this.#checkOpen()
    checkLimit(query.limit)
    return rowsOf(await this.#page(this.#reader, tailRead(query)), query.maxBytes)
  }

  async *scan(): AsyncIterable<StoredEnvelope> {
    const { lastSequence } = await this.counts()
    let afterSequence = 0
    while (afterSequence < lastSequence) {
      const rows = await this.tail({ ...scanPage, afterSequence })
      yield* rows.filter((row) => row.sequence <= lastSequence)
      afterSequence = rows.at(-1)?.sequence ?? lastSequence
    }
  }

  async counts(): Promise<StoreCounts> {
    const [row] = await this.#reader.query(countsStatement)
    const [envelopes, topics, lastSequence] = row ?? []
    return {
      envelopes: Number(envelopes),
      topics: Number(topics),
      lastSequence: Number(lastSequence),
    }
  }

  onArrival(listener: () => void): Disposable {
    this.#checkOpen()
    return this.#arrivals.add(listener)
  }

  async broadcast(envelopes: readonly Envelope[]): Promise<void> {
    this.#checkOpen()
    for (const envelope of envelopes) checkEnvelope(envelope)
    await this.#reader.query(broadcastStatement, [broadcastTexts(envelopes)])
  }

  onBroadcast(listener: (envelope: Envelope) => void): Disposable {
    this.#checkOpen()
    return this.#arrivals.addToBroadcasts(listener)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #commit(envelopes: readonly Envelope[]): Promise<readonly AppendResult[]> {
    const batch = packBatch(envelopes)
    const at = this.#clock === undefined ? null : String(this.#clock.nowNs())
    const [row] = await this.#writer.query(appendStatement, [...batch.parameters, at])
    const results = unpackResults(batch, answerOf(row))
    if (this.#replica !== undefined) {
      for (const [i, { contentTopic }] of envelopes.entries()) {
        this.#ownWrites.wrote(contentTopic, results[i]?.sequence ?? 0)
      }
    }
    return results
  }

  async #page(database: Database, read: Read | undefined): Promise<readonly Row[]> {
    return read === undefined ? [] : database.query(read.statement, read.values)
  }

  // Undefined when the replica cannot be asked, or lacks what this node has just stored in these topics.
  async #replicaPage(
    { topics }: RangeQuery,
    read: Read | undefined,
  ): Promise<readonly Row[] | undefined> {
    const replica = this.#replica
    if (replica === undefined) return undefined
    try {
      if (!this.#ownWrites.areReplayed(topics)) {
        const [row] = await replica.query(countsStatement)
        this.#ownWrites.replayed(Number(row?.[2]))
      }
      return this.#ownWrites.areReplayed(topics) ? await this.#page(replica, read) : undefined
    } catch {
      return undefined
    }
  }

  async #close(): Promise<void> {
    await this.#commits[Symbol.asyncDispose]()
    const owned = [this.#arrivals, this.#writer, this.#reader, this.#replica]
    await Promise.all(owned.map((each) => each?.[Symbol.asyncDispose]()))
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedError()
  }
}

const appendStatement = {
  name: 'append',
  text: `SELECT first_sequence, duplicate_at, duplicate_sequences
    FROM posthorn.append($1, $2, $3, $4, $5, $6, $7)`,
}

// One statement, so one transaction: others get all of its texts or none, and no other's between them.
const broadcastStatement = {
  name: 'broadcast',
  text: `SELECT count(pg_notify('posthorn_broadcast', t)) FROM unnest($1::text[]) t`,
}

const countsStatement = {
  name: 'counts',
  text: `SELECT b.last_sequence - h.pruned_envelopes, b.topics - h.pruned_topics, b.last_sequence
    FROM posthorn.head h,
      (SELECT * FROM posthorn.batches ORDER BY height DESC LIMIT 1) b`,
}

function answerOf(row: Row | undefined) {
  const [firstSequence, places, sequences] = row ?? []
  const duplicates = (places as readonly string[]).map(
    (place, i) => [Number(place) - 1, Number((sequences as readonly string[])[i])] as const,
  )
  return { firstSequence: Number(firstSequence), duplicates: new Map(duplicates) }
}
