// How much a client may do: the limits by name, and the numbers a node starts with.

import type { TopicCategory } from '@posthorn/envelope'
import { ValidationError } from '@posthorn/errors'

/** A token bucket: so much at once, and so much a minute for good. */
export type Limit = {
  readonly burst: number
  readonly perMinute: number
}

/** What is counted apart: reads and opened streams, contacts and key bundles, everything else published. */
export type LimitClass = 'read' | 'register' | 'publish'

/** A limit's name: a class, or publishing on topics of one kind alone, `publish/v2-invite`. */
export type LimitName = LimitClass | `publish/${TopicCategory}`

/** Limits by name; a kind of topic without its own counts as `publish`. */
export type Limits = Readonly<Record<LimitClass, Limit>> &
  Partial<Readonly<Record<LimitName, Limit>>>

/** What a node starts with. */
export const defaultLimits: Limits = {
  read: { burst: 20_000, perMinute: 4_000 },
  publish: { burst: 3_000, perMinute: 600 },
  register: { burst: 300, perMinute: 60 },
}

/** How many times the limits privileged clients have. */
export const defaultPrivilegedFactor: number = 4

// Beyond it there is no limit to speak of.
const maxLimit = 10_000_000
const maxFactor = 10

const classes: readonly LimitClass[] = ['read', 'register', 'publish']
const topicKinds: readonly TopicCategory[] = [
  'contact',
  'v1-intro',
  'v1-conversation',
  'v1-conversation-ephemeral',
  'v2-invite',
  'v2-group-invite',
  'v2-conversation',
  'v2-conversation-ephemeral',
  'private',
  'userpreferences',
  'test',
  'invalid',
]
// The owners of contacts and private stores publish them by the other power.
const limitNames: readonly LimitName[] = [
  ...classes,
  ...topicKinds
    .filter((kind) => kind !== 'contact' && kind !== 'private')
    .map((kind) => `publish/${kind}` as const),
]

/**
 * A limit of the form `{ burst, perMinute }` or `3000/600`.
 *
 * @throws ValidationError `postage/bad-limit`
 */
export function readLimit(value: unknown): Limit {
  const { burst, perMinute } = typeof value === 'string' ? ofText(value) : ofObject(value)
  if (isCount(burst) && isCount(perMinute)) return { burst, perMinute }
  throw new ValidationError(
    'postage/bad-limit',
    `Read limit: found another value, wanted burst and perMinute as integers from 1 to ${maxLimit}: 3000/600`,
  )
}

/** @throws ValidationError `postage/bad-limit-name` */
export function readLimitName(text: string): LimitName {
  const name = limitNames.find((each) => each === text)
  if (name !== undefined) return name
  throw new ValidationError(
    'postage/bad-limit-name',
    `Read name of limit: found another text, wanted one of ${limitNames.join(', ')}`,
  )
}

/** @throws ValidationError `postage/bad-factor` */
export function readPrivilegedFactor(value: unknown): number {
  if (isCount(value) && value <= maxFactor) return value
  throw new ValidationError(
    'postage/bad-factor',
    `Read factor of privileged clients: found another value, wanted an integer from 1 to ${maxFactor}`,
  )
}

/** A limit some times over. */
export function timesLimit({ burst, perMinute }: Limit, factor: number): Limit {
  return { burst: burst * factor, perMinute: perMinute * factor }
}

type Pair = { readonly burst?: unknown; readonly perMinute?: unknown }

function ofText(text: string): Pair {
  const [, burst, perMinute] = /^(\d{1,10})\/(\d{1,10})$/.exec(text.trim()) ?? []
  return { burst: Number(burst), perMinute: Number(perMinute) }
}

function ofObject(value: unknown): Pair {
  return typeof value === 'object' && value !== null ? value : {}
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= maxLimit
}
