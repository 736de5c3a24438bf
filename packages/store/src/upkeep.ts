// What keeps a store well over the years: retention, checks, copies.

import type { TopicCategory } from '@posthorn/envelope'

/** Which rows a retention rule is about. */
export type PruneRequest = {
  readonly category: TopicCategory
  /** Rows that the store committed before this moment. */
  readonly committedBeforeNs: bigint
  /** Most rows to delete in this call, so that publishes wait for none. */
  readonly limit: number
}

/** What a retention rule deletes, or would delete. */
export type PruneReport = {
  readonly envelopes: number
  /** Bytes of their messages. */
  readonly bytes: number
}

/** One group commit that stored something: a block of the store's log. */
export type Batch = {
  /** 1, 2, 3 … without gaps. */
  readonly height: number
  readonly firstSequence: number
  readonly lastSequence: number
  /** Never before that of the batch below: a clock that goes back stands still here. */
  readonly committedNs: bigint
  /** See `batchHash`: covers the previous batch's hash, the height, and the times and digests of its rows. */
  readonly hash: Uint8Array
}

/** What a look through the whole store found. */
export type VerifyReport = {
  readonly envelopes: number
  readonly batches: number
  /** One line for each fault, at most 100, without topics or contents; empty when all is well. */
  readonly faults: readonly string[]
}

/** Upkeep of a store; all of it runs beside publishes and reads. */
export type StoreUpkeep = {
  /** Counts what {@link StoreUpkeep.prune} would delete in all; `limit` does not apply. */
  prunable(request: Omit<PruneRequest, 'limit'>): Promise<PruneReport>
  /** Deletes; call again until it deletes nothing. Sequences of deleted rows are never given again. */
  prune(request: PruneRequest): Promise<PruneReport>
  /** Batches above a height, in order. */
  batches(query: {
    readonly afterHeight: number
    readonly limit: number
  }): Promise<readonly Batch[]>
  /** Reads every row and checks checksums, the chain of batches and the indexes. */
  verify(options?: { readonly signal?: AbortSignal }): Promise<VerifyReport>
  /**
   * Writes a whole, consistent copy to a new file while the store goes on.
   *
   * @throws StorageError `store/backup-exists` when the file is there already, `store/backup-folder` when
   * its folder is not, `store/unsupported` where the
   * database has tools of its own
   */
  backup(file: string, options?: { readonly onProgress?: (share: number) => void }): Promise<void>
}
