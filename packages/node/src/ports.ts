// The parts a node is built from, and the real ones for a configuration.

import { loadVerifyCrypto, type VerifyCrypto } from '@posthorn/crypto/verify'
import { type Admission, allowAll } from '@posthorn/postage'
import { createMemoryStore, type EnvelopeStore, openSqliteStore } from '@posthorn/store'
import type { Clock } from './clock.ts'
import type { NodeConfig } from './config.ts'
import { type Logger, silentLogger } from './logger.ts'
import { systemClock } from './system-clock.ts'

/** Everything a node reaches outside itself by. */
export type NodePorts = {
  readonly clock: Clock
  readonly log: Logger
  readonly crypto: VerifyCrypto
  readonly admission: Admission
  /** Opened by the node when it starts, closed last when it stops. */
  readonly openStore: () => Promise<EnvelopeStore>
}

/** Ports with the store open. */
export type OpenPorts = Omit<NodePorts, 'openStore'> & { readonly store: EnvelopeStore }

/**
 * Opens the real ports; those given are kept.
 *
 * @throws StorageError when the store cannot be opened
 */
export async function openPorts(
  config: NodeConfig,
  given: Partial<NodePorts> = {},
): Promise<OpenPorts> {
  const loading = given.crypto === undefined ? loadVerifyCrypto() : Promise.resolve(given.crypto)
  const opening = given.openStore === undefined ? openStore(config, loading) : given.openStore()
  // Both take their time, so they take it together.
  const [crypto, store] = await Promise.allSettled([loading, opening])
  if (store.status === 'rejected') throw store.reason
  if (crypto.status === 'rejected') {
    await store.value[Symbol.asyncDispose]()
    throw crypto.reason
  }
  return {
    clock: given.clock ?? systemClock,
    log: given.log ?? silentLogger,
    admission: given.admission ?? allowAll,
    crypto: crypto.value,
    store: store.value,
  }
}

async function openStore(
  config: NodeConfig,
  loading: Promise<VerifyCrypto>,
): Promise<EnvelopeStore> {
  if (config.store === 'sqlite') return openSqliteStore({ directory: config.data })
  const { hash } = await loading
  return createMemoryStore({ sha256: hash.sha256 })
}
