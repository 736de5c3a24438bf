// A store that is gone with the process.

import { createLocalStore, type OpenLocalStoreOptions } from './create-local-store.ts'
import type { LocalStore } from './local-store.ts'
import { createMemoryEngine } from './memory/memory-engine.ts'

/** Opens an empty store in memory. @throws UsageError `local-store/bad-key` */
export function openMemoryStore(options: OpenLocalStoreOptions): Promise<LocalStore> {
  const persistence = { kind: 'memory', reason: 'chosen' } as const
  return createLocalStore({ ...options, engine: createMemoryEngine(), persistence })
}
