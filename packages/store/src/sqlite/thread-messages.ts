// What crosses between the store and its threads, besides the flat arrays.

import type { AuditEntry, AuditQuery, Settings } from '../settings-store.ts'
import type { RangeQuery, StoreCounts, TailQuery } from '../store.ts'
import type { Batch, PruneReport, PruneRequest } from '../upkeep.ts'
import type { PackedBatch, PackedResults } from './packed-batch.ts'
import type { PackedRows } from './packed-rows.ts'
import type { PruneFinding, PruneSearch } from './retention-sql.ts'
import type { JsonSettingsChange } from './settings-sql.ts'
import type { VerifyStep } from './verify.ts'

/** Memory of {@link RecentRows} that threads share, and how many rows wait in it before they are indexed. */
export type RecentSpace = {
  readonly memory: SharedArrayBuffer
  readonly capacity: number
  readonly roundRows: number
}

/** What a thread is started with. */
export type ThreadData = {
  readonly path: string
  /** Rows that the indexes do not have yet. */
  readonly recent: RecentSpace
  /** Commits do not wait for the disk: only for a test that must see them lost. */
  readonly isUnsafe?: boolean | undefined
}

/** Each job of the writer thread, with its parameter and its result. */
export type WriterJobs = {
  /** Opens the database, which otherwise happens at the first commit. */
  readonly open: (nothing: null) => null
  readonly commit: (batch: PackedBatch) => PackedResults
  readonly changeSettings: (change: JsonSettingsChange) => number
  readonly index: (upTo: number) => boolean
  readonly deleteRows: (sequences: Float64Array) => PruneReport
  readonly limitPages: (pages: number) => null
}

/** Each job of a reader thread, with its parameter and its result. */
export type ReaderJobs = {
  readonly range: (query: RangeQuery) => PackedRows
  readonly tail: (query: TailQuery) => PackedRows
  readonly counts: (nothing: null) => StoreCounts
  readonly settings: (nothing: null) => Settings
  readonly settingsVersion: (nothing: null) => number
  readonly audit: (query: AuditQuery) => AuditEntry[]
  readonly batches: (page: { readonly afterHeight: number; readonly limit: number }) => Batch[]
  readonly countPrunable: (request: Omit<PruneRequest, 'limit'>) => PruneReport
  readonly findPrunable: (search: PruneSearch) => PruneFinding
  readonly verifyBatches: (head: Batch) => VerifyStep
  readonly verifyTotals: (nothing: null) => readonly string[]
  readonly verifyIndexes: (nothing: null) => readonly string[]
  readonly backUp: (file: string, report: Report) => Promise<null>
  /** Ends backups that run. */
  readonly stop: (nothing: null) => null
}

/** Tells how far a job is: 0 to 1. */
export type Report = (share: number) => void

/** Jobs by name. */
export type Jobs = Readonly<Record<string, (input: never, report: Report) => unknown>>

/** A job for a thread. */
export type Request = { readonly id: number; readonly job: string; readonly input: unknown }

/** What a thread answers. Errors cross as their code and message. */
export type Reply =
  | { readonly kind: 'progress'; readonly id: number; readonly share: number }
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly code: string
      readonly message: string
    }
