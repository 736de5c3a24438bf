// Changes of settings as an operator sends them: each one checked before any is made.

import { ValidationError } from '@posthorn/errors'
import { isAccessKey, listKey, readAccessSetting } from '@posthorn/postage'
import type { SettingValue } from '@posthorn/store'
import { readRetentionRule, retentionPrefix } from './retention-rule.ts'

/** Settings to set, and keys with undefined to remove. */
export type CheckedChange = {
  readonly values: ReadonlyMap<string, SettingValue | undefined>
  readonly note: string | undefined
}

const maxChanges = 1_000

/**
 * The change that a request asks for: `{ "changes": [{ "key", "value" }, { "key" }], "note" }`; without a value a
 * key is removed. Keys get their one spelling.
 *
 * @throws ValidationError `admin/bad-change`, `admin/unknown-setting`, and what the settings themselves throw
 */
export function readChange(body: unknown): CheckedChange {
  const { changes, note }: { readonly changes?: unknown; readonly note?: unknown } =
    typeof body === 'object' && body !== null ? body : {}
  const isNote = note === undefined || typeof note === 'string'
  if (!Array.isArray(changes) || changes.length === 0 || changes.length > maxChanges || !isNote) {
    throw badChange()
  }
  const values = new Map<string, SettingValue | undefined>()
  for (const change of changes) {
    const [key, value] = readOne(change)
    values.set(key, value)
  }
  return { values, note }
}

function readOne(change: unknown): [string, SettingValue | undefined] {
  const { key, value }: { readonly key?: unknown; readonly value?: SettingValue | undefined } =
    typeof change === 'object' && change !== null ? change : {}
  if (typeof key !== 'string') throw badChange()
  if (key.startsWith(retentionPrefix)) return readRetention(key, value)
  if (!isAccessKey(key)) throw unknownSetting()
  if (value === undefined) return [knownKey(key), undefined]
  const setting = readAccessSetting(key, value)
  switch (setting.kind) {
    case 'entry':
      return [listKey(setting.entry), { comment: setting.comment }]
    case 'mode':
      return [key, setting.mode]
    case 'limit':
      return [key, { ...setting.limit }]
    case 'privileged-factor':
      return [key, setting.factor]
  }
}

function readRetention(
  key: string,
  value: SettingValue | undefined,
): [string, SettingValue | undefined] {
  if (value === undefined) return [key, undefined]
  return [key, { days: readRetentionRule(key, value).days }]
}

// What cannot be read must still be possible to remove.
function knownKey(key: string): string {
  try {
    const setting = readAccessSetting(key, {})
    return setting.kind === 'entry' ? listKey(setting.entry) : key
  } catch (error) {
    if (error instanceof ValidationError) return key
    throw error
  }
}

function badChange(): ValidationError {
  return new ValidationError(
    'admin/bad-change',
    `Change settings: found another value, expected {"changes":[{"key","value"}],"note"} with 1 to ${maxChanges} changes`,
  )
}

function unknownSetting(): ValidationError {
  return new ValidationError(
    'admin/unknown-setting',
    'Change settings: found another key, expected access/mode, access/allow|deny/register|publish/…, access/privileged/…, limits/… or retention/…',
  )
}
