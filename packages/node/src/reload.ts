// Which settings may change while the node runs.

import type { ConfigName, NodeConfig } from './config.ts'
import { configOptions } from './config.ts'

/** What reading the configuration again has changed. */
export type ReloadReport = {
  /** Names of settings that apply from now on. */
  readonly applied: readonly ConfigName[]
  /** Names of settings that differ and apply after a restart. */
  readonly needRestart: readonly ConfigName[]
}

const changeable: ReadonlySet<ConfigName> = new Set([
  'log-level',
  'access',
  'publish-limit',
  'register-limit',
  'read-limit',
  'grace-ms',
])

/** How a configuration differs from the one that runs. */
export function reloadReport(running: NodeConfig, next: NodeConfig): ReloadReport {
  const names = Object.keys(configOptions) as readonly ConfigName[]
  const changed = names.filter((name) => String(running[name]) !== String(next[name]))
  return {
    applied: changed.filter((name) => changeable.has(name)),
    needRestart: changed.filter((name) => !changeable.has(name)),
  }
}
