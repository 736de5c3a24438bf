// The parts a node is built from, and the real ones for a configuration.

import { loadVerifyCrypto, type VerifyCrypto } from '@posthorn/crypto/verify'
import { type Admission, allowAll } from '@posthorn/postage'
import { createMemoryStore, type EnvelopeStore } from '@posthorn/store'
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

/** The real ports; those given are kept. */
export async function createPorts(
  config: NodeConfig,
  given: Partial<NodePorts> = {},
): Promise<NodePorts> {
  const crypto = given.crypto ?? (await loadVerifyCrypto())
  return {
    clock: given.clock ?? systemClock,
    log: given.log ?? silentLogger,
    crypto,
    admission: given.admission ?? allowAll,
    openStore: given.openStore ?? (() => openStore(config, crypto)),
  }
}

async function openStore(config: NodeConfig, crypto: VerifyCrypto): Promise<EnvelopeStore> {
  if (config.store === 'memory') return createMemoryStore({ sha256: crypto.hash.sha256 })
  const { openSqliteStore } = await import('@posthorn/store')
  return openSqliteStore({ directory: config.data })
}
