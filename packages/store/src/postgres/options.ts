import type { Store, StoreClock } from '../store.ts'
import type { StoreTimers } from './timers.ts'

/** Where the database is, and how it is used. */
export type PostgresStoreOptions = {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  /** A read replica: {@link Store.range} asks it where it need not show what this node has just stored. */
  readonly readUrl?: string | undefined
  readonly timers: StoreTimers
  /** Stamps commits; the database's own clock when not given, which is the same for all nodes. */
  readonly clock?: StoreClock | undefined
  /** Most connections for reads; 8 when not given. Two more write and listen. */
  readonly maxReaders?: number
  /** Most bytes of envelopes that wait for the database; 256 MiB when not given. */
  readonly maxWaitingBytes?: number
  /** How long to wait for a database that does not answer yet; 30,000 when not given. */
  readonly openTimeoutMs?: number
}
