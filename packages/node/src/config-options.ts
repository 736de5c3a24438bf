// Every setting of a node: one name for the flag (`--api-port`), the environment
// (`POSTHORN_API_PORT`) and the file (`"api-port"`).

import { ProtocolError, UsageError } from '@posthorn/errors'
import {
  blockText,
  defaultLimits,
  type Limit,
  readAddressBlock,
  readLimit,
} from '@posthorn/postage'
import { type LogLevel, logLevels } from './logger.ts'

/** A node's settings, complete and checked. Times in milliseconds, sizes in bytes. */
export type NodeConfig = {
  readonly data: string
  readonly host: string
  readonly 'api-port': readonly number[]
  readonly store: 'sqlite' | 'memory' | 'postgres'
  /** May hold a password; empty for none, as is the next. */
  readonly 'database-url': string
  readonly 'database-read-url': string
  readonly auth: 'on' | 'off'
  /** Who may publish, as long as the settings in the store do not say. */
  readonly access: 'open' | 'allow-list'
  /** `auto`: unless only this machine can reach the node. */
  readonly limits: 'auto' | 'on' | 'off'
  /** `BURST/PER_MINUTE`, as are the next two; settings in the store come before them. */
  readonly 'publish-limit': string
  readonly 'register-limit': string
  readonly 'read-limit': string
  /** CIDR of the proxies whose `x-forwarded-for` is believed. */
  readonly 'trusted-proxy': readonly string[]
  /** File of the policy; empty for none. */
  readonly policy: string
  readonly 'policy-timeout-ms': number
  readonly 'policy-fail': 'open' | 'closed'
  /** Port of the admin API; 0 picks a free one. */
  readonly 'admin-port': number | 'off'
  readonly 'admin-host': string
  /** Empty for `admin.token` in the data folder. */
  readonly 'admin-token-file': string
  /** Where traces are sent; empty for none. */
  readonly 'otlp-url': string
  readonly log: 'pretty' | 'json'
  readonly 'log-level': LogLevel
  readonly 'grace-ms': number
  readonly 'keep-alive-ms': number
  readonly 'stall-ms': number
  readonly 'max-request-bytes': number
  readonly 'max-waiting-bytes': number
  readonly 'max-publish-envelopes': number
  readonly 'max-connections': number
  readonly 'max-client-connections': number
  readonly 'max-connection-streams': number
  /** Topics that all streams, and those of one address, may wait for. */
  readonly 'max-topics': number
  readonly 'max-client-topics': number
  readonly 'subscriber-bytes': number
  readonly 'subscriber-lag': number
}

/** Name of a setting. */
export type ConfigName = keyof NodeConfig

/** One setting. */
export type ConfigOption<T> = {
  /** Shape of the value, for help texts. */
  readonly shape: string
  readonly description: string
  readonly default: T
  /** The value of a text, a number or a list from any source. @throws UsageError `config/bad-value` */
  readonly read: (value: unknown, name: string) => T
}

const mib = 1_048_576

/** The settings by name, in the order of the help. */
export const configOptions: {
  readonly [Name in ConfigName]: ConfigOption<NodeConfig[Name]>
} = {
  data: text('DIR', 'folder of the embedded store', 'posthorn-data'),
  host: text('ADDRESS', 'address to listen on', '127.0.0.1'),
  'api-port': ports('ports of the API; 0 picks a free one', [5555, 5556, 5557]),
  store: choice(['sqlite', 'memory', 'postgres'], 'where envelopes are kept', 'sqlite'),
  'database-url': text('URL', 'postgres://… of the store, better set by environment', ''),
  'database-read-url': text('URL', 'read replica for history, may lag behind', ''),
  auth: choice(['on', 'off'], 'whether a publish needs a token', 'on'),
  access: choice(['open', 'allow-list'], 'who may publish, until the settings say', 'open'),
  limits: choice(['auto', 'on', 'off'], 'whether calls are limited; auto: if others come', 'auto'),
  'publish-limit': limit('most publishes of a client, per node', defaultLimits.publish),
  'register-limit': limit('most key bundles of a client, per node', defaultLimits.register),
  'read-limit': limit('most queries of an address, per node', defaultLimits.read),
  'trusted-proxy': blocks('proxies whose x-forwarded-for is believed'),
  policy: { ...text('FILE', 'module or program asked about each publish', ''), default: '' },
  'policy-timeout-ms': count('how long a policy may take', 1_000, 1),
  'policy-fail': choice(['closed', 'open'], 'what a policy that is silent means', 'closed'),
  'admin-port': portOrOff('port of the admin API; 0 picks a free one', 0),
  'admin-host': text('ADDRESS', 'address that the admin API listens on', '127.0.0.1'),
  'admin-token-file': text('FILE', 'secret of the admin API, else in the data folder', ''),
  'otlp-url': text('URL', 'OpenTelemetry collector that gets traces', ''),
  log: choice(['pretty', 'json'], 'form of the log', 'pretty'),
  'log-level': choice(logLevels, 'how much is logged', 'info'),
  'grace-ms': count('time to finish in when the node stops', 5_000),
  'keep-alive-ms': count('time between keep-alive lines of JSON streams', 30_000, 100),
  'stall-ms': count('how long a stream may be left unread', 300_000, 100),
  'max-request-bytes': count('largest request, as it comes', 50 * mib, 1_024),
  'max-waiting-bytes': count('most request data held at a time', 72 * mib, 1_024),
  'max-publish-envelopes': count('most envelopes in one publish', 1_000, 1),
  'max-connections': count('most connections at a time on one port', 16_384, 1),
  'max-client-connections': count('most of them from one address, if limits are on', 4_096, 1),
  'max-connection-streams': count('most calls at a time on one connection', 1_000, 1),
  'max-topics': count('most topics of all streams, each stream counts as 10 more', 2_000_000, 1),
  'max-client-topics': count('most of them from one address, if limits are on', 200_000, 1),
  'subscriber-bytes': count('most memory that waits for one stream', mib / 2, 1),
  'subscriber-lag': count('most envelopes that a stream may be behind', 10_000_000, 1),
}

function text(shape: string, description: string, fallback: string): ConfigOption<string> {
  return {
    shape,
    description,
    default: fallback,
    read: (value, name) => {
      if (typeof value === 'string' && value.trim() !== '') return value
      throw badValue(name, 'a text that is not empty')
    },
  }
}

function choice<const T extends string>(
  values: readonly T[],
  description: string,
  fallback: NoInfer<T>,
): ConfigOption<T> {
  return {
    shape: values.join('|'),
    description,
    default: fallback,
    read: (value, name) => {
      const chosen = values.find((each) => each === value)
      if (chosen !== undefined) return chosen
      throw badValue(name, `one of ${values.join(', ')}`)
    },
  }
}

function count(description: string, fallback: number, min = 0): ConfigOption<number> {
  const max = 2 ** 31 - 1
  return {
    shape: 'N',
    description,
    default: fallback,
    read: (value, name) => integer(value, { name, min, max }),
  }
}

function ports(description: string, fallback: readonly number[]): ConfigOption<readonly number[]> {
  return {
    shape: 'PORT,…',
    description,
    default: fallback,
    read: (value, name) => {
      const parts: readonly unknown[] = Array.isArray(value) ? value : String(value).split(',')
      const read = parts.map((part) => integer(part, { name, min: 0, max: 65_535 }))
      const fixed = read.filter((port) => port !== 0)
      if (read.length > 0 && new Set(fixed).size === fixed.length) return read
      throw badValue(name, 'ports, each one once')
    },
  }
}

function portOrOff(description: string, fallback: number): ConfigOption<number | 'off'> {
  return {
    shape: 'PORT|off',
    description,
    default: fallback,
    read: (value, name) =>
      value === 'off' ? value : integer(value, { name, min: 0, max: 65_535 }),
  }
}

function limit(description: string, { burst, perMinute }: Limit): ConfigOption<string> {
  return {
    shape: 'BURST/PER_MINUTE',
    description,
    default: `${burst}/${perMinute}`,
    read: (value, name) => {
      const read = attempt(() => readLimit(value))
      if (typeof value === 'string' && read !== undefined) return `${read.burst}/${read.perMinute}`
      throw badValue(name, 'calls at once and a minute, as 3000/600')
    },
  }
}

function blocks(description: string): ConfigOption<readonly string[]> {
  return {
    shape: 'CIDR,…',
    description,
    default: [],
    read: (value, name) => {
      const parts: readonly unknown[] = Array.isArray(value) ? value : String(value).split(',')
      return parts.map((part) => {
        const block = attempt(() => readAddressBlock(String(part).trim()))
        if (block !== undefined) return blockText(block)
        throw badValue(name, 'IP addresses or CIDR, as 10.0.0.0/8,2001:db8::/32')
      })
    },
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

type IntegerBounds = { readonly name: string; readonly min: number; readonly max: number }

function integer(value: unknown, { name, min, max }: IntegerBounds): number {
  const isDigits = typeof value === 'string' && /^\d{1,15}$/.test(value.trim())
  const number = typeof value === 'number' ? value : isDigits ? Number(value) : Number.NaN
  if (Number.isInteger(number) && number >= min && number <= max) return number
  throw badValue(name, `an integer from ${min} to ${max}`)
}

function badValue(name: string, wanted: string): UsageError {
  return new UsageError('config/bad-value', `Read setting ${name}: expected ${wanted}`)
}
