// Settings and their audit log in SQLite: `change` runs in the writer thread, the others in a reader's.

import type { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { changedSettings, parseSetting } from '../settings-change.ts'
import type {
  AuditEntry,
  AuditQuery,
  Settings,
  SettingsChange,
  SettingValue,
} from '../settings-store.ts'
import { prepare } from './prepare.ts'
import { damageError } from './storage-error.ts'
import { inSnapshot, inTransaction } from './transaction.ts'

/** A checked change with values as JSON text. */
export type JsonSettingsChange = Omit<SettingsChange, 'values'> & {
  readonly values: ReadonlyMap<string, string | undefined>
}

/** Makes a change in one transaction; gives the version after it. */
export function changeSettings(database: DatabaseSync, change: JsonSettingsChange): number {
  return inTransaction(database, () => {
    const find = database.prepare('SELECT value FROM settings WHERE key = ?')
    const remove = database.prepare('DELETE FROM settings WHERE key = ?')
    const put = database.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?, ?)')
    const log = database.prepare(`INSERT INTO audit
      (version, at_ns, actor, note, key, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)`)
    const current = (key: string) => textOf(find.get(key)?.['value'])
    const changed = changedSettings(change.values, current)
    const version = settingsVersion(database) + (changed.length > 0 ? 1 : 0)
    for (const { key, before, after } of changed) {
      if (after === undefined) remove.run(key)
      else put.run(key, after, checksumOf(key, after))
      const { atNs, actor, note } = change
      log.run(version, atNs, actor, note ?? null, key, before ?? null, after ?? null)
    }
    return version
  })
}

/** The version of the settings, 0 before the first change. */
export function settingsVersion(database: DatabaseSync): number {
  const last = database.prepare('SELECT version FROM audit ORDER BY id DESC LIMIT 1').get()
  return Number(last?.['version'] ?? 0)
}

/** All settings at one moment. */
export function readSettings(database: DatabaseSync): Settings {
  return inSnapshot(database, () => {
    const values = new Map<string, SettingValue>()
    const rows = database.prepare('SELECT key, value, checksum FROM settings').all()
    for (const { key, value, checksum } of rows) {
      const [name, json] = [String(key), String(value)]
      if (checksum !== checksumOf(name, json)) {
        throw damageError('Read settings', 'the checksum of a value does not hold')
      }
      values.set(name, parseSetting(json))
    }
    return { version: settingsVersion(database), values }
  })
}

/** A page of the audit log. */
export function readAudit(database: DatabaseSync, query: AuditQuery): AuditEntry[] {
  const { beforeId = Number.MAX_SAFE_INTEGER, limit } = query
  const rows = prepare(database, 'SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?')
  return rows.all(beforeId, limit).map((row) => ({
    id: Number(row['id']),
    version: Number(row['version']),
    atNs: BigInt(row['at_ns'] as bigint),
    actor: String(row['actor']),
    note: textOf(row['note']),
    key: String(row['key']),
    before: settingOf(row['before']),
    after: settingOf(row['after']),
  }))
}

function checksumOf(key: string, json: string): number {
  return crc32(json, crc32(key))
}

function textOf(column: unknown): string | undefined {
  return typeof column === 'string' ? column : undefined
}

function settingOf(column: unknown): AuditEntry['before'] {
  return typeof column === 'string' ? parseSetting(column) : undefined
}
