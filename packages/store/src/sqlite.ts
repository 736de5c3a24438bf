// Keeps envelopes in one SQLite database. A writer thread commits, reader threads read, and the
// caller's thread only passes flat arrays: see README.md for the files, the promises and the figures.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkEnvelope, type Envelope } from '@posthorn/envelope'
import { StorageError } from '@posthorn/errors'
import { checkLimit, closedError } from './errors.ts'
import { prepareDatabaseFile } from './sqlite/database-file.ts'
import { GroupCommit } from './sqlite/group-commit.ts'
import { takeLock } from './sqlite/lock.ts'
import { packBatch, unpackResults } from './sqlite/packed-batch.ts'
import { unpackRows } from './sqlite/packed-rows.ts'
import type { BoundedTailQuery } from './sqlite/reader.ts'
import { storageError } from './sqlite/storage-error.ts'
import { nextTurn } from './sqlite/system-clock.ts'
import { Thread } from './sqlite/thread.ts'
import type { ReaderJobs, WriterJobs } from './sqlite/thread-messages.ts'
import type {
  AppendResult,
  EnvelopeStore,
  RangeQuery,
  StoreCounts,
  StoredEnvelope,
  TailQuery,
} from './store.ts'

/** Where the database is, and how much it may take. */
export type SqliteStoreOptions = {
  /** Created when missing. One process at a time may use it. */
  readonly directory: string
  /** Most bytes of envelopes that wait for the disk; 256 MiB when not given. */
  readonly maxWaitingBytes?: number
}

const maxReaders = 2
const maxBatchEnvelopes = 1_024
const maxBatchBytes = 8 * 1024 * 1024
const scanPage = { limit: 256, maxBytes: 4 * 1024 * 1024 }

/**
 * Opens the store in a directory. A database that is refused is not changed.
 *
 * @throws StorageError `store/in-use`, `store/corrupt`, `store/foreign`, `store/newer-version`,
 * `store/unavailable`
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<EnvelopeStore> {
  const { store } = await openSqliteEngine(options)
  return store
}

/** A store together with its writer thread. */
export type SqliteEngine = { readonly store: EnvelopeStore; readonly writer: Thread<WriterJobs> }

/** As {@link openSqliteStore}, for tests that need to get at the writer thread. */
export async function openSqliteEngine(options: SqliteStoreOptions): Promise<SqliteEngine> {
  const { directory } = options
  createDirectory(directory)
  const lock = takeLock(join(directory, 'envelopes.lock'))
  try {
    return openLocked(join(directory, 'envelopes.sqlite'), lock, options)
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

function openLocked(path: string, lock: Disposable, options: SqliteStoreOptions): SqliteEngine {
  prepareDatabaseFile(path)
  const writer = new Thread<WriterJobs>('writer-thread', { path })
  // Nobody waits for it: what comes before it is there waits in its queue, and what keeps it from opening
  // a database that was just found well shows again at the first commit.
  writer.call('open', null).catch(() => undefined)
  // A reader thread starts at its first query, the second once the first is busy.
  const startReader = () => new Thread<ReaderJobs>('reader-thread', { path })
  const readers = Array.from({ length: maxReaders }, startReader)
  return { store: new SqliteStore({ lock, writer, readers, options }), writer }
}

function createDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw storageError(`Create ${directory}`, cause)
  }
}

type SqliteParts = {
  readonly lock: Disposable
  readonly writer: Thread<WriterJobs>
  readonly readers: readonly Thread<ReaderJobs>[]
  readonly options: SqliteStoreOptions
}

class SqliteStore implements EnvelopeStore {
  readonly #parts: SqliteParts
  readonly #commits: GroupCommit
  /** Set once part of the database was found damaged: nothing is acknowledged into it from then on. */
  #damage: StorageError | undefined
  #closing: Promise<void> | undefined

  constructor(parts: SqliteParts) {
    this.#parts = parts
    this.#commits = new GroupCommit({
      commit: (envelopes) => this.#commit(envelopes),
      nextTurn,
      maxBatchEnvelopes,
      maxBatchBytes,
      maxWaitingBytes: parts.options.maxWaitingBytes ?? 256 * 1024 * 1024,
    })
  }

  async append(envelopes: readonly Envelope[]): Promise<readonly AppendResult[]> {
    this.#checkOpen()
    if (this.#damage !== undefined) throw this.#damage
    for (const envelope of envelopes) checkEnvelope(envelope)
    return envelopes.length === 0 ? [] : this.#commits.append(envelopes)
  }

  async range(query: RangeQuery): Promise<readonly StoredEnvelope[]> {
    checkLimit(query.limit)
    const { after } = query
    // A copy, since a digest may be a small view of a large buffer.
    const lean = after && { ...query, after: { ...after, digest: after.digest.slice() } }
    return unpackRows(await this.#watched(this.#reader().call('range', lean ?? query)))
  }

  async tail(query: TailQuery): Promise<readonly StoredEnvelope[]> {
    checkLimit(query.limit)
    return this.#boundedTail(query)
  }

  async *scan(): AsyncIterable<StoredEnvelope> {
    const { lastSequence } = await this.counts()
    let afterSequence = 0
    while (afterSequence < lastSequence) {
      const limit = Math.min(scanPage.limit, lastSequence - afterSequence)
      const rows = await this.#boundedTail({ ...scanPage, afterSequence, limit })
      yield* rows
      afterSequence = rows.at(-1)?.sequence ?? lastSequence
    }
  }

  async counts(): Promise<StoreCounts> {
    return this.#watched(this.#reader().call('counts', null))
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #commit(envelopes: readonly Envelope[]): Promise<readonly AppendResult[]> {
    const batch = packBatch(envelopes)
    const work = this.#parts.writer.call('commit', batch, [batch.body.buffer])
    return unpackResults(await this.#watched(work))
  }

  async #boundedTail(query: BoundedTailQuery): Promise<readonly StoredEnvelope[]> {
    return unpackRows(await this.#watched(this.#reader().call('tail', query)))
  }

  #reader(): Thread<ReaderJobs> {
    this.#checkOpen()
    return this.#parts.readers.reduce((idlest, each) => (each.load < idlest.load ? each : idlest))
  }

  async #watched<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error instanceof StorageError && error.code === 'store/corrupt') this.#damage ??= error
      throw error
    }
  }

  async #close(): Promise<void> {
    const { lock, writer, readers } = this.#parts
    await this.#commits[Symbol.asyncDispose]()
    try {
      // The writer last: the last connection to close folds the write-ahead log into the database.
      for (const thread of [...readers, writer]) await thread[Symbol.asyncDispose]()
    } finally {
      lock[Symbol.dispose]()
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedError()
  }
}
