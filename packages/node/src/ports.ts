// The parts a node is built from, and the real ones for a configuration.

import { loadVerifyCrypto, type VerifyCrypto } from '@posthorn/crypto/verify'
import { type Admission, allowAll } from '@posthorn/postage'
import { createMemoryStore, openPostgresStore, openSqliteStore, type Store } from '@posthorn/store'
import type { PolicyParts, PolicyPlugin } from './admission/policy-plugin.ts'
import type { Clock } from './clock.ts'
import type { NodeConfig } from './config.ts'
import { type Logger, silentLogger } from './logger.ts'
import { once } from './once.ts'
import { createSteadyClock } from './steady-clock.ts'
import { systemClock } from './system-clock.ts'
import { systemRandom } from './system-random.ts'

/** Everything a node reaches outside itself by. */
export type NodePorts = {
  readonly clock: Clock
  readonly log: Logger
  /** So many bytes that nobody can guess. */
  readonly random: (lengthBytes: number) => Uint8Array
  readonly crypto: VerifyCrypto
  /** Asked about publishes that the node's own rules admit. */
  readonly admission: Admission
  /** Reads the configuration again, when the operator asks for it. @throws UsageError, StorageError */
  readonly readConfig: () => NodeConfig
  /** Opened by the node when it starts, closed last when it stops. */
  readonly openStore: () => Promise<Store>
}

/** Ports with the store open. */
export type OpenPorts = Omit<NodePorts, 'openStore' | 'crypto'> & {
  readonly store: Store
  /** What is stored is stamped and deleted by it. */
  readonly steadyClock: Clock
  /** The operator's policy; undefined when there is none. */
  readonly policy: PolicyPlugin | undefined
  /** Loaded at the first call: it takes a while, and no answer but that to a publish needs it. */
  readonly crypto: () => Promise<VerifyCrypto>
}

/**
 * Opens the real ports; those given are kept.
 *
 * @throws StorageError when the store cannot be opened; UsageError `policy/cannot-start`
 */
export async function openPorts(
  config: NodeConfig,
  given: Partial<NodePorts> = {},
): Promise<OpenPorts> {
  const crypto = once(async () => given.crypto ?? (await loadVerifyCrypto()))
  const [clock, log] = [given.clock ?? systemClock, given.log ?? silentLogger]
  const steadyClock = createSteadyClock(clock, (aheadMs) =>
    log.warn(
      { event: 'clock-jumped', aheadMs },
      'The clock of the machine jumped ahead; retention does not believe it for a day',
    ),
  )
  const openStore =
    given.openStore ?? (() => openConfiguredStore(config, { crypto, clock: steadyClock }))
  const policy = await openConfiguredPolicy(config, { clock, log })
  try {
    return {
      clock,
      steadyClock,
      log,
      admission: given.admission ?? allowAll,
      random: given.random ?? systemRandom,
      policy,
      crypto,
      readConfig: given.readConfig ?? (() => config),
      store: await openStore(),
    }
  } catch (error) {
    await policy?.[Symbol.asyncDispose]()
    throw error
  }
}

async function openConfiguredPolicy({ policy }: NodeConfig, parts: PolicyParts) {
  if (policy === '') return undefined
  const { openPolicy } = await import('./admission/open-policy.ts')
  return openPolicy(policy, parts)
}

async function openConfiguredStore(
  config: NodeConfig,
  { crypto, clock }: Pick<OpenPorts, 'crypto' | 'clock'>,
): Promise<Store> {
  if (config.store === 'sqlite') return openSqliteStore({ directory: config.data, clock })
  if (config.store === 'postgres') {
    return openPostgresStore({ ...databaseOf(config), timers: clock })
  }
  const { hash } = await crypto()
  return createMemoryStore({ sha256: hash.sha256, clock })
}

function databaseOf({ 'database-url': url, 'database-read-url': readUrl }: NodeConfig) {
  return { url, readUrl: readUrl === '' ? undefined : readUrl }
}
