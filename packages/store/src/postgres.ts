// Keeps envelopes in a PostgreSQL database, which any number of nodes may share. See README.md for the
// layout, the promises and the figures; the parts are in postgres/, loaded by the first call.

import type { PostgresStoreOptions } from './postgres/options.ts'
import type { Store } from './store.ts'

export type { PostgresStoreOptions } from './postgres/options.ts'

/**
 * Opens the store in a database and brings its layout up to date.
 *
 * @throws UsageError `store/bad-url`; StorageError `store/unavailable`, `store/foreign`, `store/newer-version`,
 * `store/unsupported`
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { openPostgresEngine } = await import('./postgres/engine.ts')
  return openPostgresEngine(options)
}
