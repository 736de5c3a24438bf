// The threads of a store: one that writes, some that read, one for upkeep. Each starts at its first job.

import { StorageError } from '@posthorn/errors'
import { closedError } from '../errors.ts'
import type { PackedBatch, PackedResults } from './packed-batch.ts'
import { recentMemory } from './recent-rows.ts'
import { type CallOptions, Thread } from './thread.ts'
import type { ReaderJobs, ThreadData, WriterJobs } from './thread-messages.ts'

const maxReaders = 2
// The more rows go into the indexes together, the fewer pages change for each; but they take memory, and after a crash
// they have to be read again.
const rowsOfRound = 65_536

type Input<Jobs, Name extends keyof Jobs> = Jobs[Name] extends (
  input: infer I,
  ...rest: never
) => unknown
  ? I
  : never
type Output<Jobs, Name extends keyof Jobs> = Jobs[Name] extends (...input: never) => infer O
  ? Awaited<O>
  : never

/** Which database, and how the writer treats it. */
export type StoreThreadsOptions = Pick<ThreadData, 'path' | 'isUnsafe'> & {
  /** Rows that wait before they are indexed; 32,768 when not given. */
  readonly roundRows?: number | undefined
}

/** Gives jobs to threads until it is closed. */
export class StoreThreads implements AsyncDisposable {
  readonly writer: Thread<WriterJobs>
  readonly #readers: readonly Thread<ReaderJobs>[]
  readonly #upkeep: Thread<ReaderJobs>
  readonly #upkeepWork = new Set<Promise<unknown>>()
  #isClosed = false
  #hasCommitted = false
  /** Set once part of the database was found damaged: nothing is acknowledged into it from then on. */
  #damage: StorageError | undefined

  constructor(options: StoreThreadsOptions) {
    const { roundRows = rowsOfRound } = options
    // Rows of a round that runs and of the one that follows, and as many for readers that take their time.
    const capacity = 4 * roundRows
    const recent = { memory: recentMemory(capacity), capacity, roundRows }
    const data: ThreadData = { path: options.path, isUnsafe: options.isUnsafe, recent }
    this.writer = new Thread('writer-thread', data)
    // A reader thread starts at its first query, the second once the first is busy.
    const newReader = () => new Thread<ReaderJobs>('reader-thread', data)
    this.#readers = Array.from({ length: maxReaders }, newReader)
    this.#upkeep = newReader()
  }

  /** @throws StorageError `store/closed` */
  checkOpen(): void {
    if (this.#isClosed) throw closedError()
  }

  /** @throws StorageError `store/closed`, `store/corrupt` */
  checkWritable(): void {
    this.checkOpen()
    if (this.#damage !== undefined) throw this.#damage
  }

  /** Refuses all jobs but {@link StoreThreads.commit} from now on. */
  close(): void {
    this.#isClosed = true
  }

  /** Commits, also for what was taken before the store was closed. */
  commit(batch: PackedBatch): Promise<PackedResults> {
    this.#hasCommitted = true
    return this.#watched(this.writer.call('commit', batch, { transfer: [batch.body.buffer] }))
  }

  /** Has the writer do a job. */
  async write<Name extends keyof WriterJobs>(
    job: Name,
    input: Input<WriterJobs, Name>,
  ): Promise<Output<WriterJobs, Name>> {
    this.checkWritable()
    return this.#watched(this.writer.call(job, input as never)) as Promise<Output<WriterJobs, Name>>
  }

  /** Has the reader with the least to do do a job. */
  async read<Name extends keyof ReaderJobs>(
    job: Name,
    input: Input<ReaderJobs, Name>,
  ): Promise<Output<ReaderJobs, Name>> {
    this.checkOpen()
    const reader = this.#readers.reduce((idlest, each) => (each.load < idlest.load ? each : idlest))
    return this.#watched(reader.call(job, input as never)) as Promise<Output<ReaderJobs, Name>>
  }

  /** Has a job done that may take long. */
  async upkeep<Name extends keyof ReaderJobs>(
    job: Name,
    input: Input<ReaderJobs, Name>,
    options: CallOptions = {},
  ): Promise<Output<ReaderJobs, Name>> {
    this.checkOpen()
    const work = this.#upkeep.call(job, input as never, options)
    this.#upkeepWork.add(work)
    try {
      return (await work) as Output<ReaderJobs, Name>
    } finally {
      this.#upkeepWork.delete(work)
    }
  }

  /** Ends jobs of upkeep early, waits for the others, and closes the database. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    if (this.#upkeepWork.size > 0) {
      await Promise.allSettled([this.#upkeep.call('stop', null), ...this.#upkeepWork])
    }
    if (this.#hasCommitted) await this.#indexRest().catch(() => undefined)
    // The writer last: the last connection to close folds the write-ahead log into the database.
    for (const thread of [this.#upkeep, ...this.#readers, this.writer]) {
      await thread[Symbol.asyncDispose]()
    }
  }

  // What is not indexed is read again at the next start.
  async #indexRest(): Promise<void> {
    while (!(await this.writer.call('index', Number.POSITIVE_INFINITY)));
  }

  async #watched<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work
    } catch (error) {
      if (error instanceof StorageError && error.code === 'store/corrupt') this.#damage ??= error
      throw error
    }
  }
}
