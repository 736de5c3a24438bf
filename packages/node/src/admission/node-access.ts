// Access as a node's configuration asks for it: lists and limits, then the operator's policy, then what the
// node was built with.

import {
  type AccessDefaults,
  type Admission,
  createBlockSet,
  readAddressBlock,
  readLimit,
} from '@posthorn/postage'
import type { Store } from '@posthorn/store'
import type { Clock } from '../clock.ts'
import type { NodeConfig } from '../config-options.ts'
import type { Logger } from '../logger.ts'
import { isLocalHost } from '../server/listen.ts'
import { type Access, createAccess } from './access.ts'
import { type ClientAddress, createClientAddress } from './client-address.ts'
import { createFloodGuard, type FloodGuard, noFloodGuard } from './flood-guard.ts'
import { createPolicyAdmission } from './policy-admission.ts'
import type { PolicyPlugin } from './policy-plugin.ts'
import { createTopicBudget, type TopicBudget } from './topic-budget.ts'

/** What a node's access is made of. */
export type NodeAccessParts = {
  readonly store: Pick<Store, 'settings'>
  readonly clock: Clock
  readonly log: Logger
  /** Asked last. */
  readonly admission: Admission
  readonly policy: PolicyPlugin | undefined
}

/** Creates the access of a node. */
export function createNodeAccess(config: NodeConfig, parts: NodeAccessParts): Access {
  const { store, clock, log, admission, policy: plugin } = parts
  const access = createAccess({
    settings: store.settings,
    clock,
    log,
    isLimited: isLimited(config),
    defaults: accessDefaults(config),
  })
  const asked =
    plugin === undefined
      ? []
      : [
          createPolicyAdmission({
            plugin,
            clock,
            log,
            timeoutMs: config['policy-timeout-ms'],
            fail: config['policy-fail'],
          }),
        ]
  return { ...access, admission: inTurn([access.admission, ...asked, admission]) }
}

/** Whose calls a node takes them for; a proxy that the operator seems to have forgotten is logged, once. */
export function createNodeClientAddress(config: NodeConfig, log: Logger): ClientAddress {
  let hasWarned = false
  return createClientAddress(config['trusted-proxy'], () => {
    if (hasWarned) return
    hasWarned = true
    log.warn(
      { event: 'unknown-proxy' },
      'A proxy on this machine brings calls of others: name it with --trusted-proxy, or all count as one',
    )
  })
}

/**
 * What addresses may do before their calls are looked at; the proxies that are trusted speak for many. On its own machine
 * a node takes any number of connections, and floods no more than elsewhere.
 */
export function createNodeFloodGuard(config: NodeConfig, clock: Clock): FloodGuard {
  if (config.limits === 'off') return noFloodGuard
  return createFloodGuard({
    clock,
    exempt: createBlockSet(config['trusted-proxy'].map(readAddressBlock)),
    maxConnections: isLimited(config) ? config['max-client-connections'] : Infinity,
  })
}

/** How many topics streams may wait for. */
export function createNodeTopicBudget(config: NodeConfig): TopicBudget {
  const maxClientTopics = isLimited(config) ? config['max-client-topics'] : Infinity
  return createTopicBudget({ maxTopics: config['max-topics'], maxClientTopics })
}

// On its own machine a node has no strangers to share among, unless a proxy brings them.
function isLimited(config: NodeConfig): boolean {
  if (config.limits !== 'auto') return config.limits === 'on'
  return !isLocalHost(config.host) || config['trusted-proxy'].length > 0
}

/** What a configuration says where the settings are silent. */
export function accessDefaults(config: NodeConfig): AccessDefaults {
  return {
    mode: config.access,
    limits: {
      publish: readLimit(config['publish-limit']),
      register: readLimit(config['register-limit']),
      read: readLimit(config['read-limit']),
    },
  }
}

// The first refusal counts.
function inTurn(admissions: readonly Admission[]): Admission {
  return {
    decide: async (request) => {
      for (const admission of admissions) {
        const decision = await admission.decide(request)
        if (decision.kind === 'refused') return decision
      }
      return { kind: 'admitted' }
    },
  }
}
