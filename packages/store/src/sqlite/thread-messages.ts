// What crosses between the store and its threads, besides the flat arrays.

import type { RangeQuery, StoreCounts } from '../store.ts'
import type { PackedBatch, PackedResults } from './packed-batch.ts'
import type { PackedRows } from './packed-rows.ts'
import type { BoundedTailQuery } from './reader.ts'

/** What a thread is started with. */
export type ThreadData = { readonly path: string }

/** Each job of the writer thread, with its parameter and its result. */
export type WriterJobs = {
  /** Opens the database, which otherwise happens at the first commit. */
  readonly open: (nothing: null) => null
  readonly commit: (batch: PackedBatch) => PackedResults
  readonly limitPages: (pages: number) => null
}

/** Each job of a reader thread, with its parameter and its result. */
export type ReaderJobs = {
  readonly range: (query: RangeQuery) => PackedRows
  readonly tail: (query: BoundedTailQuery) => PackedRows
  readonly counts: (nothing: null) => StoreCounts
}

/** Jobs by name. */
export type Jobs = Readonly<Record<string, (input: never) => unknown>>

/** A job for a thread. */
export type Request = { readonly id: number; readonly job: string; readonly input: unknown }

/** What a thread answers. Errors cross as their code and message. */
export type Reply =
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly code: string
      readonly message: string
    }
