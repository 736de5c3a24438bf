// A node's settings, from flags, environment and file, in this order of weight.

import { UsageError } from '@posthorn/errors'
import { type ConfigName, configOptions, type NodeConfig } from './config-options.ts'

export {
  type ConfigName,
  type ConfigOption,
  configOptions,
  type NodeConfig,
} from './config-options.ts'

/** Where settings come from; all of it is data, read by the caller. */
export type ConfigSources = {
  /** Values by option name, `api-port`. */
  readonly flags?: Readonly<Record<string, unknown>>
  /** The environment; only `POSTHORN_*` is looked at. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Parsed JSON of the settings file, an object by option name. */
  readonly file?: unknown
}

const envPrefix = 'POSTHORN_'
const names = Object.keys(configOptions) as readonly ConfigName[]

/**
 * One complete, checked configuration.
 *
 * @throws UsageError `config/unknown-option`, `config/bad-value`, `config/bad-file`
 */
export function parseConfig({ flags = {}, env = {}, file = {} }: ConfigSources = {}): NodeConfig {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw new UsageError('config/bad-file', 'Read settings file: expected a JSON object')
  }
  const given: Readonly<Record<string, unknown>> = {
    ...defined(file),
    ...fromEnv(env),
    ...defined(flags),
  }
  for (const name of Object.keys(given)) checkName(name)
  const entries = names.map((name) => {
    const option = configOptions[name]
    return [name, given[name] === undefined ? option.default : option.read(given[name], name)]
  })
  return Object.fromEntries(entries)
}

function defined(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function fromEnv(env: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(envPrefix) || value === undefined || value === '') continue
    const name = variable.slice(envPrefix.length).toLowerCase().replaceAll('_', '-')
    // Other programs of ours have variables too: only what looks like a slip of the pen is refused.
    if (isName(name) || closest(name, 1) !== undefined) values[name] = value
  }
  return values
}

function checkName(name: string): void {
  if (isName(name)) return
  const near = closest(name, 3)
  const hint = near === undefined ? `known are ${names.join(', ')}` : `did you mean ${near}`
  throw new UsageError('config/unknown-option', `Read settings: unknown option ${name}, ${hint}`)
}

function isName(name: string): name is ConfigName {
  return Object.hasOwn(configOptions, name)
}

function closest(name: string, maxDistance: number): ConfigName | undefined {
  const ranked = names
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= maxDistance ? best.known : undefined
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
