// Keeps envelopes in one SQLite database. A writer thread commits, reader threads read, and the
// caller's thread only passes flat arrays: see README.md for the files, the promises and the figures.

import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { checkEnvelope, type Envelope } from '@posthorn/envelope'
import { Broadcasts } from './broadcasts.ts'
import { checkLimit } from './errors.ts'
import type { SettingsStore } from './settings-store.ts'
import { prepareDatabaseFile } from './sqlite/database-file.ts'
import { GroupCommit } from './sqlite/group-commit.ts'
import { takeLock } from './sqlite/lock.ts'
import { packBatch, spareOf, unpackResults } from './sqlite/packed-batch.ts'
import { unpackRows } from './sqlite/packed-rows.ts'
import { syncPath } from './sqlite/private-file.ts'
import { createSqliteSettings } from './sqlite/sqlite-settings.ts'
import { createSqliteUpkeep } from './sqlite/sqlite-upkeep.ts'
import { storageError } from './sqlite/storage-error.ts'
import { StoreThreads, type StoreThreadsOptions } from './sqlite/store-threads.ts'
import type { Thread } from './sqlite/thread.ts'
import type { WriterJobs } from './sqlite/thread-messages.ts'
import type {
  AppendResult,
  RangeQuery,
  Store,
  StoreClock,
  StoreCounts,
  StoredEnvelope,
  TailQuery,
} from './store.ts'
import { nextTurn, systemClock } from './system-clock.ts'
import type { StoreUpkeep } from './upkeep.ts'

/** Where the database is, and how much it may take. */
export type SqliteStoreOptions = {
  /** Created when missing. One process at a time may use it. */
  readonly directory: string
  /** Most bytes of envelopes that wait for the disk; 256 MiB when not given. */
  readonly maxWaitingBytes?: number
  /** Stamps commits; the machine's when not given. */
  readonly clock?: StoreClock | undefined
}

const maxBatchEnvelopes = 1_024
const maxBatchBytes = 8 * 1024 * 1024
const scanPage = { limit: 256, maxBytes: 4 * 1024 * 1024 }

/**
 * Opens the store in a directory. A database that is refused is not changed.
 *
 * @throws StorageError `store/in-use`, `store/corrupt`, `store/foreign`, `store/newer-version`,
 * `store/unavailable`
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { store } = await openSqliteEngine(options)
  return store
}

/** A store together with its writer thread. */
export type SqliteEngine = { readonly store: Store; readonly writer: Thread<WriterJobs> }

/** Options with what no node should have. */
export type SqliteEngineOptions = SqliteStoreOptions & Omit<StoreThreadsOptions, 'path'>

/** As {@link openSqliteStore}, for tests that need to get at the writer thread. */
export async function openSqliteEngine(options: SqliteEngineOptions): Promise<SqliteEngine> {
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

function openLocked(path: string, lock: Disposable, options: SqliteEngineOptions): SqliteEngine {
  prepareDatabaseFile(path, options.clock)
  const { isUnsafe, roundRows } = options
  const threads = new StoreThreads({ path, isUnsafe, roundRows })
  // Nobody waits for it: what comes before it is there waits in its queue, and what keeps it from opening
  // a database that was just found well shows again at the first commit.
  threads.write('open', null).catch(() => undefined)
  return { store: new SqliteStore({ lock, threads, options }), writer: threads.writer }
}

function createDirectory(directory: string): void {
  try {
    const first = mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (first !== undefined) syncNames(resolve(directory), resolve(first))
  } catch (cause) {
    throw storageError(`Create ${directory}`, cause)
  }
}

// A new directory may be lost with the power until the one that has its name is on disk.
function syncNames(last: string, first: string): void {
  for (let made = last; made.length >= first.length; made = dirname(made)) syncPath(dirname(made))
}

type SqliteParts = {
  readonly lock: Disposable
  readonly threads: StoreThreads
  readonly options: SqliteStoreOptions
}

class SqliteStore implements Store {
  readonly writers = 'own'
  readonly settings: SettingsStore
  readonly upkeep: StoreUpkeep
  readonly #lock: Disposable
  readonly #threads: StoreThreads
  readonly #commits: GroupCommit
  readonly #broadcasts = new Broadcasts()
  #closing: Promise<void> | undefined

  constructor({ lock, threads, options }: SqliteParts) {
    const { clock = systemClock, maxWaitingBytes = 256 * 1024 * 1024 } = options
    this.#lock = lock
    this.#threads = threads
    this.settings = createSqliteSettings(threads)
    this.upkeep = createSqliteUpkeep(threads)
    // There is one commit at a time.
    let spare: Uint8Array<ArrayBuffer> | undefined
    this.#commits = new GroupCommit({
      commit: async (envelopes) => {
        const batch = packBatch(envelopes, clock.nowNs(), spare)
        spare = undefined
        const results = await threads.commit(batch)
        spare = spareOf(results)
        return unpackResults(results)
      },
      nextTurn,
      maxBatchEnvelopes,
      maxBatchBytes,
      maxWaitingBytes,
    })
  }

  async append(envelopes: readonly Envelope[]): Promise<readonly AppendResult[]> {
    this.#threads.checkWritable()
    for (const envelope of envelopes) checkEnvelope(envelope)
    return envelopes.length === 0 ? [] : this.#commits.append(envelopes)
  }

  async range(query: RangeQuery): Promise<readonly StoredEnvelope[]> {
    checkLimit(query.limit)
    const { after } = query
    // A copy, since a digest may be a small view of a large buffer.
    const lean = after && { ...query, after: { ...after, digest: after.digest.slice() } }
    return unpackRows(await this.#threads.read('range', lean ?? query))
  }

  async tail(query: TailQuery): Promise<readonly StoredEnvelope[]> {
    checkLimit(query.limit)
    return unpackRows(await this.#threads.read('tail', query))
  }

  async *scan(): AsyncIterable<StoredEnvelope> {
    const { lastSequence } = await this.counts()
    let afterSequence = 0
    while (afterSequence < lastSequence) {
      const rows = await this.tail({ ...scanPage, afterSequence })
      for (const row of rows) if (row.sequence <= lastSequence) yield row
      afterSequence = rows.at(-1)?.sequence ?? lastSequence
    }
  }

  counts(): Promise<StoreCounts> {
    return this.#threads.read('counts', null)
  }

  onArrival(_listener: () => void): Disposable {
    return { [Symbol.dispose]: () => undefined }
  }

  async broadcast(envelopes: readonly Envelope[]): Promise<void> {
    this.#threads.checkWritable()
    for (const envelope of envelopes) checkEnvelope(envelope)
    for (const envelope of envelopes) this.#broadcasts.tell(envelope)
  }

  onBroadcast(listener: (envelope: Envelope) => void): Disposable {
    return this.#broadcasts.add(listener)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#threads.close()
    await this.#commits[Symbol.asyncDispose]()
    try {
      await this.#threads[Symbol.asyncDispose]()
    } finally {
      this.#lock[Symbol.dispose]()
    }
  }
}
