// The store port: an append-only log of envelopes with two orders, arrival (sequence) and sender's
// time (timestamp, then digest). memory.ts and sqlite.ts implement it; contract.ts is its suite.

import type { Direction, Envelope, TimeCursor } from '@posthorn/envelope'
import type { SettingsStore } from './settings-store.ts'
import type { StoreUpkeep } from './upkeep.ts'

/** An envelope as the store keeps it. */
export type StoredEnvelope = Envelope & {
  /** Local arrival number: 1, 2, 3 … without gaps, given at commit; retention leaves gaps. */
  readonly sequence: number
  /** SHA-256(topic || message), 32 bytes. */
  readonly digest: Uint8Array
}

/** What became of one appended envelope. */
export type AppendResult = {
  readonly sequence: number
  /** True when an envelope with the same topic, time and digest was already there; `sequence` is its. */
  readonly isDuplicate: boolean
}

/** A page of one or more topics in the order of sender's time. */
export type RangeQuery = {
  /** A topic named twice counts once; no topics, no rows. */
  readonly topics: readonly string[]
  /** Inclusive; undefined means from the beginning. */
  readonly startNs?: bigint | undefined
  /** Inclusive; undefined means to the end. */
  readonly endNs?: bigint | undefined
  /**
   * Exclusive: rows beyond it in `direction`. A digest without a time compares digests alone
   * (ascending: greater, descending: less); the order of the page stays the same.
   */
  readonly after?:
    | { readonly timestampNs?: TimeCursor['timestampNs']; readonly digest: Uint8Array }
    | undefined
  readonly direction: Direction
  /** Rows, 0 or more. */
  readonly limit: number
  /** The page ends early once its messages have as many bytes; one row always fits. */
  readonly maxBytes?: number | undefined
}

/** A page in the order of arrival. */
export type TailQuery = {
  /** Exclusive. 0 reads from the beginning. */
  readonly afterSequence: number
  /** Rows, 0 or more. */
  readonly limit: number
  /** Only these topics; undefined means all. */
  readonly topics?: readonly string[] | undefined
  /** Only these topics, each beyond a sequence of its own as well; instead of `topics`. */
  readonly positions?: ReadonlyMap<string, number> | undefined
  /** The page ends early once its messages have as many bytes; one row always fits. */
  readonly maxBytes?: number | undefined
}

/** Sizes of a store. */
export type StoreCounts = {
  readonly envelopes: number
  /** Topics that have envelopes. */
  readonly topics: number
  /** Highest sequence given, to deleted envelopes too; 0 when there was none. */
  readonly lastSequence: number
}

/**
 * Where a node keeps envelopes. Concurrent calls are allowed. Rows handed out are for reading only.
 * Every method throws StorageError: `store/unavailable` when the disk or database fails,
 * `store/corrupt` when what it reads is damaged, `store/closed` after disposal.
 */
export type EnvelopeStore = AsyncDisposable & {
  /**
   * Resolves once every envelope is durable, one result each, in order; rejects with none stored.
   * The messages must not change until then.
   *
   * @throws ValidationError as `checkEnvelope`
   * @throws StorageError `store/overloaded` when too much is waiting to be written already
   */
  append(envelopes: readonly Envelope[]): Promise<readonly AppendResult[]>
  /** @throws UsageError `store/bad-limit` */
  range(query: RangeQuery): Promise<readonly StoredEnvelope[]>
  /** @throws UsageError `store/bad-limit` */
  tail(query: TailQuery): Promise<readonly StoredEnvelope[]>
  /** Everything stored when it starts, in the order of arrival, a bounded page in memory at a time. */
  scan(): AsyncIterable<StoredEnvelope>
  counts(): Promise<StoreCounts>
}

/** What stamps commits. */
export type StoreClock = {
  /** Nanoseconds since 1970. */
  nowNs(): bigint
}

/** All that a node keeps: envelopes, settings, and what keeps them well. */
export type Store = EnvelopeStore & {
  /** `shared` when other processes append to the same database, too. */
  readonly writers: 'own' | 'shared'
  /** Calls `listener` when others may have appended; never where the writers are `own`. */
  onArrival(listener: () => void): Disposable
  /**
   * Brings envelopes that are not to be stored to the listeners of everyone who has the store open, once at
   * most: whoever cannot be reached at the moment misses them.
   *
   * @throws ValidationError as `checkEnvelope`
   */
  broadcast(envelopes: readonly Envelope[]): Promise<void>
  /** Calls `listener`, which must not throw, with each envelope that anyone broadcasts, in one order for all. */
  onBroadcast(listener: (envelope: Envelope) => void): Disposable
  readonly settings: SettingsStore
  readonly upkeep: StoreUpkeep
}
