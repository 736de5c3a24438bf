// The settings that say who may do what, by the keys they are stored under.

import { ValidationError } from '@posthorn/errors'
import {
  type Limit,
  type LimitName,
  readLimit,
  readLimitName,
  readPrivilegedFactor,
} from './limit.ts'
import { readSubject, type Subject, subjectText } from './subject.ts'

/** Publishing on one's own contact and private store topics; publishing on any other. */
export type Power = 'register' | 'publish'

/** Who may use a power: everybody who is not denied, or only who is allowed. */
export type AccessMode = 'open' | 'allow-list'

/** A place on a list. */
export type ListEntry =
  | { readonly list: 'allow' | 'deny'; readonly power: Power; readonly subject: Subject }
  | { readonly list: 'privileged'; readonly subject: Subject }

/** One setting, read. */
export type AccessSetting =
  | { readonly kind: 'mode'; readonly mode: AccessMode }
  | { readonly kind: 'entry'; readonly entry: ListEntry; readonly comment: string }
  | { readonly kind: 'limit'; readonly name: LimitName; readonly limit: Limit }
  | { readonly kind: 'privileged-factor'; readonly factor: number }

/** Key of the mode. */
export const accessModeKey = 'access/mode'
/** Key of how many times the limits privileged clients have. */
export const privilegedFactorKey = 'limits/privileged'

/** Most characters of the comment of an entry. */
export const maxCommentChars = 200

const modes: readonly AccessMode[] = ['open', 'allow-list']
const powers: readonly Power[] = ['register', 'publish']

/** Key of a place on a list: `access/deny/publish/192.0.2.0/24`, `access/privileged/0x…`. */
export function listKey(entry: ListEntry): string {
  const subject = subjectText(entry.subject)
  if (entry.list === 'privileged') return `access/privileged/${subject}`
  return `access/${entry.list}/${entry.power}/${subject}`
}

/** Key of a limit: `limits/publish`, `limits/publish/v2-invite`. */
export function limitKey(name: LimitName): string {
  return `limits/${name}`
}

/** Whether a key is one of these settings, well made or not. */
export function isAccessKey(key: string): boolean {
  return key.startsWith('access/') || key.startsWith('limits/')
}

/**
 * What a setting says.
 *
 * @throws ValidationError `postage/bad-key` and what the parts of it throw
 */
export function readAccessSetting(key: string, value: unknown): AccessSetting {
  if (key === accessModeKey) return { kind: 'mode', mode: readAccessMode(value) }
  if (key === privilegedFactorKey) {
    return { kind: 'privileged-factor', factor: readPrivilegedFactor(value) }
  }
  const limit = /^limits\/(.+)$/.exec(key)?.[1]
  if (limit !== undefined) {
    return { kind: 'limit', name: readLimitName(limit), limit: readLimit(value) }
  }
  return { kind: 'entry', entry: readListKey(key), comment: readComment(value) }
}

/**
 * The place on a list that a key names.
 *
 * @throws ValidationError `postage/bad-key`, `postage/bad-power` and as `readSubject`
 */
export function readListKey(key: string): ListEntry {
  const privileged = /^access\/privileged\/(.+)$/.exec(key)?.[1]
  if (privileged !== undefined) return { list: 'privileged', subject: readSubject(privileged) }
  const [, list, power = '', subject = ''] = /^access\/(allow|deny)\/([^/]*)\/(.+)$/.exec(key) ?? []
  if (list === 'allow' || list === 'deny') {
    return { list, power: readPower(power), subject: readSubject(subject) }
  }
  throw new ValidationError(
    'postage/bad-key',
    'Read access setting: found another key, wanted access/mode, access/allow/…, access/deny/…, access/privileged/… or limits/…',
  )
}

/** @throws ValidationError `postage/bad-mode` */
export function readAccessMode(value: unknown): AccessMode {
  const mode = modes.find((each) => each === value)
  if (mode !== undefined) return mode
  throw new ValidationError(
    'postage/bad-mode',
    `Read access mode: found another value, wanted one of ${modes.join(', ')}`,
  )
}

/** @throws ValidationError `postage/bad-power` */
export function readPower(text: string): Power {
  const power = powers.find((each) => each === text)
  if (power !== undefined) return power
  throw new ValidationError(
    'postage/bad-power',
    `Read power: found another text, wanted one of ${powers.join(', ')}`,
  )
}

// The place alone is what counts: a comment that cannot be read must not lift a ban.
function readComment(value: unknown): string {
  const comment: unknown =
    typeof value === 'object' && value !== null && 'comment' in value ? value.comment : ''
  return typeof comment === 'string' ? comment.slice(0, maxCommentChars) : ''
}
