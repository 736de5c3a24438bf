// A store in the browser's IndexedDB, shared by all tabs of an origin.

import { ProtocolError } from '@posthorn/errors'
import type { CellEngine } from './cells/cell-engine.ts'
import { createLocalStore, type OpenLocalStoreOptions } from './create-local-store.ts'
import { openBroadcastChanges } from './indexeddb/broadcast-changes.ts'
import { openIndexedDbEngine } from './indexeddb/indexeddb-engine.ts'
import type { LocalStore, Persistence } from './local-store.ts'
import { createMemoryEngine } from './memory/memory-engine.ts'
import { type StoreOwner, storeName } from './store-name.ts'

export {
  type Leadership,
  type LockManagerPort,
  type StandForLeaderOptions,
  standForLeader,
} from './indexeddb/leadership.ts'

/**
 * Opens the store of an account on a network. Where the browser keeps nothing (private windows, frames of other
 * sites, storage that is full or switched off) the store is in memory, and its `persistence` says so and why.
 *
 * @throws StorageError `local-store/newer-version`; VerificationError `local-store/wrong-key`; UsageError
 *   `local-store/bad-key`
 */
export async function openIndexedDbStore(
  options: OpenLocalStoreOptions & StoreOwner,
): Promise<LocalStore> {
  const name = storeName(options.crypto.hash, options)
  const { engine, persistence } = await chooseEngine(`posthorn-${name}`)
  const isShared = persistence.kind === 'durable'
  const channel = isShared ? openBroadcastChanges(name) : undefined
  return createLocalStore({ ...options, engine, persistence, channel })
}

type Chosen = { readonly engine: CellEngine; readonly persistence: Persistence }

async function chooseEngine(name: string): Promise<Chosen> {
  if (typeof indexedDB === 'undefined') return inMemory('no-indexeddb')
  let engine: CellEngine | undefined
  try {
    engine = await openIndexedDbEngine(name)
    await probe(engine)
    return { engine, persistence: { kind: 'durable' } }
  } catch (error) {
    await engine?.[Symbol.asyncDispose]()
    if (isRefused(error)) return inMemory('no-storage')
    throw error
  }
}

// Some browsers open a database and refuse what is written to it.
async function probe(engine: CellEngine): Promise<void> {
  const atRevision = await engine.revision()
  if (atRevision === 0) await engine.commit({ atRevision, puts: [], deletes: [] })
}

function isRefused(error: unknown): boolean {
  if (!(error instanceof ProtocolError)) return false
  return error.code === 'local-store/unavailable' || error.code === 'local-store/full'
}

function inMemory(reason: 'no-indexeddb' | 'no-storage'): Chosen {
  return { engine: createMemoryEngine(), persistence: { kind: 'memory', reason } }
}
