// A store in a SQLite file; Node only.

import { join } from 'node:path'
import { createLocalStore, type OpenLocalStoreOptions } from './create-local-store.ts'
import type { LocalStore } from './local-store.ts'
import { openSqliteEngine } from './sqlite/sqlite-engine.ts'
import { type StoreOwner, storeName } from './store-name.ts'

/** What {@link openSqliteStore} takes. */
export type OpenSqliteStoreOptions = OpenLocalStoreOptions &
  StoreOwner & {
    /** Created with mode 0700 when it is not there; one file for each network and address. */
    readonly directory: string
  }

/**
 * Opens the store of an account on a network, or creates it. Several processes may share it.
 *
 * @throws StorageError `local-store/unavailable`, `local-store/corrupt`, `local-store/foreign`,
 *   `local-store/newer-version`; VerificationError `local-store/wrong-key`; UsageError `local-store/bad-key`
 */
export async function openSqliteStore(options: OpenSqliteStoreOptions): Promise<LocalStore> {
  const path = sqliteStorePath(options)
  const engine = openSqliteEngine(path)
  return createLocalStore({ ...options, engine, persistence: { kind: 'durable' } })
}

/** Where the store of an account on a network lies. */
export function sqliteStorePath(
  options: Pick<OpenSqliteStoreOptions, 'crypto' | 'directory' | 'network' | 'address'>,
): string {
  return join(options.directory, `${storeName(options.crypto.hash, options)}.sqlite`)
}
