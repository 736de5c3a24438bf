// The port beneath the store: sorted cells of opaque bytes. An engine knows no record, no key and no plaintext,
// so that everything above it exists once, and everything it writes is sealed.

/** A key and what is stored under it. */
export type Cell = {
  /** ASCII below `~`; cells are sorted by it. */
  readonly key: string
  readonly value: Uint8Array
}

/** A stretch of cells. */
export type CellRange = {
  /** Inclusive. */
  readonly from: string
  /** Exclusive. */
  readonly before: string
  readonly direction?: 'ascending' | 'descending' | undefined
  readonly limit: number
}

/** What a commit writes, all or nothing. */
export type CellCommit = {
  /** The commit applies only while this is the revision. */
  readonly atRevision: number
  readonly puts: readonly Cell[]
  readonly deletes: readonly string[]
}

/**
 * Where cells lie. Every method throws StorageError: `local-store/unavailable`, `local-store/full`,
 * `local-store/corrupt` when the medium itself is damaged, `local-store/closed` after disposal.
 */
export type CellEngine = AsyncDisposable & {
  /** How many commits there were, by anybody; a wipe counts as one. */
  revision(): Promise<number>
  /** In the order of the keys that were asked for. */
  get(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>
  scan(range: CellRange): Promise<readonly Cell[]>
  /** Resolves once durable, with true; with false, and nothing written, when the revision has moved on. */
  commit(commit: CellCommit): Promise<boolean>
  /** Deletes all cells, and what the medium remembers of them where it can. */
  wipe(): Promise<void>
}
