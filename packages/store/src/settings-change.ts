// What every engine does with a change of settings: check it, and find what differs.

import { StorageError, ValidationError } from '@posthorn/errors'
import type { SettingsChange, SettingValue } from './settings-store.ts'

const maxNameLength = 512
const maxNoteLength = 4_096

/** A key with its value as JSON text, undefined where there is none. */
export type ChangedSetting = {
  readonly key: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/**
 * The new values as JSON text, undefined for those to remove.
 *
 * @throws ValidationError `store/bad-setting`
 */
export function checkSettingsChange(change: SettingsChange): Map<string, string | undefined> {
  checkText('actor', change.actor, { min: 1, max: maxNameLength })
  checkText('note', change.note ?? '', { min: 0, max: maxNoteLength })
  const values = new Map<string, string | undefined>()
  for (const [key, value] of change.values) {
    checkText('key', key, { min: 1, max: maxNameLength })
    values.set(key, value === undefined ? undefined : toJson(value))
  }
  return values
}

/** Those of the new values that differ from what is there, both as JSON text, in the order of the change. */
export function changedSettings(
  values: ReadonlyMap<string, string | undefined>,
  current: (key: string) => string | undefined,
): ChangedSetting[] {
  return Array.from(values, ([key, after]) => ({ key, before: current(key), after })).filter(
    ({ before, after }) => before !== after,
  )
}

/**
 * A stored value.
 *
 * @throws StorageError `store/corrupt`
 */
export function parseSetting(json: string): SettingValue {
  try {
    return JSON.parse(json) as SettingValue
  } catch {
    // The cause would quote the value.
    throw new StorageError('store/corrupt', 'Read settings: a value is damaged, expected JSON')
  }
}

function checkText(
  what: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  const isLong = text.length < min || text.length > max
  if (!isLong && text.isWellFormed() && !text.includes('\0')) return
  throw new ValidationError(
    'store/bad-setting',
    `Change settings: a ${what} of ${text.length} characters, expected ${min} to ${max} without NUL or half a surrogate pair`,
  )
}

function toJson(value: SettingValue): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (isJsonPart(part)) return part
    throw new ValidationError(
      'store/bad-setting',
      `Change settings: a value with a ${typeof part} that JSON has not, expected JSON`,
    )
  })
}

function isJsonPart(part: unknown): boolean {
  if (typeof part === 'number') return Number.isFinite(part)
  return ['boolean', 'object', 'string'].includes(typeof part)
}
