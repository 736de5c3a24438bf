// The rules of a node as they are now: read from the settings, followed while it runs, asked at every call.

import { ProtocolError } from '@posthorn/errors'
import {
  type AccessDefaults,
  type AccessPolicy,
  type Admission,
  compileAccess,
  createGate,
  createRateLimiter,
} from '@posthorn/postage'
import type { SettingsStore } from '@posthorn/store'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import { once } from '../once.ts'
import { createReads, type Reads } from './reads.ts'

/** Who may do what on a node. Disposal stops following the settings. */
export type Access = Disposable & {
  /** By lists and limits. Waits for the settings to be read once: until then nobody publishes. */
  readonly admission: Admission
  readonly reads: Reads
  /** The rules now; before the settings were read, those that the node was started with. */
  policy(): AccessPolicy
  /**
   * Reads the settings now, as after a change made here; otherwise a change is seen within half a second.
   *
   * @throws StorageError
   */
  refresh(): Promise<void>
  /** What applies from now on where the settings are silent. @throws StorageError */
  setDefaults(defaults: AccessDefaults): Promise<void>
  /** Calls `listener` after each change of the rules, until disposed of. */
  onChange(listener: (policy: AccessPolicy) => void): Disposable
  /** Allowances that are being counted. */
  bucketCount(): number
}

/** What access is made of. */
export type AccessParts = {
  readonly settings: Pick<SettingsStore, 'version' | 'read'>
  readonly clock: Clock
  readonly log: Logger
  /** What applies where the settings are silent. */
  readonly defaults: AccessDefaults
  /** Whether calls are counted; lists hold all the same. */
  readonly isLimited: boolean
}

const followMs = 500
const sweepMs = 60_000

/** Creates access; the settings are read when they are first needed. */
export function createAccess(parts: AccessParts): Access {
  const { clock, defaults } = parts
  const limiter = parts.isLimited ? createRateLimiter() : undefined
  const listeners = new Set<(policy: AccessPolicy) => void>()
  let policy = compileAccess(new Map(), defaults)

  const gate = createGate({ policy: () => policy, limiter, nowMs: clock.monotonicMs })
  const reads = createReads(gate)
  const rules = followRules(parts, (next) => {
    policy = next
    reads.review()
    for (const listener of listeners) listener(policy)
  })
  const sweep = clock.every(sweepMs, () => limiter?.sweep(clock.monotonicMs()))

  return {
    admission: {
      decide: async (request) => {
        await rules.known()
        try {
          gate.admitPublish(request)
          return { kind: 'admitted' }
        } catch (error) {
          if (error instanceof ProtocolError) return { kind: 'refused', error }
          throw error
        }
      },
    },
    reads,
    policy: () => policy,
    refresh: rules.refresh,
    setDefaults: rules.setDefaults,
    bucketCount: () => limiter?.size() ?? 0,
    onChange: (listener) => {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    [Symbol.dispose]: () => {
      sweep.cancel()
      rules[Symbol.dispose]()
    },
  }
}

type Rules = Disposable & {
  /** Resolves once the settings have been read. */
  known(): Promise<void>
  refresh(): Promise<void>
  setDefaults(defaults: AccessDefaults): Promise<void>
}

function followRules(parts: AccessParts, apply: (policy: AccessPolicy) => void): Rules {
  const { settings, clock, log } = parts
  let { defaults } = parts
  let version: number | undefined
  let isAsking = false
  let hasFailed = false
  let reading: Promise<void> = Promise.resolve()

  const readOnce = async (): Promise<void> => {
    const read = await settings.read()
    if (read.version === version) return
    version = read.version
    const policy = compileAccess(read.values, defaults)
    if (policy.unreadable.length > 0) {
      const count = policy.unreadable.length
      log.warn({ event: 'access-unreadable', count }, 'Some access settings cannot be read')
    }
    const { mode, entries } = policy
    log.debug({ event: 'access-read', mode, entries: entries.length }, 'Access rules are read')
    apply(policy)
  }
  // One after the other, so that what was read last is what was there last.
  const refresh = (): Promise<void> => {
    reading = reading.then(readOnce, readOnce)
    return reading
  }
  const follow = async (): Promise<void> => {
    if (isAsking) return
    isAsking = true
    try {
      if ((await settings.version()) !== version) await refresh()
      hasFailed = false
    } catch (error) {
      if (!hasFailed)
        log.warn({ event: 'access-not-read', error }, 'Access settings cannot be read')
      hasFailed = true
    }
    isAsking = false
  }
  const timer = clock.every(followMs, () => void follow())
  const setDefaults = (next: AccessDefaults): Promise<void> => {
    defaults = next
    version = undefined
    return refresh()
  }
  return { known: once(refresh), refresh, setDefaults, [Symbol.dispose]: () => timer.cancel() }
}
