// Settings and their audit log, the same for all nodes of the database.

import { checkLimit } from '../errors.ts'
import { checkSettingsChange, parseSetting } from '../settings-change.ts'
import type { AuditEntry, AuditQuery, Settings, SettingsStore } from '../settings-store.ts'
import type { Database, Row } from './database.ts'

/** The settings in a database. */
export function createPostgresSettings(database: Database): SettingsStore {
  return {
    version: async () => {
      const rows = await database.query(versionStatement)
      return Number(rows[0]?.[0])
    },
    read: async () => settingsOf(await database.query(readStatement)),
    change: async (change) => {
      const values = checkSettingsChange(change)
      const texts = Array.from(values.values(), (value) => value ?? null)
      const { actor, note = null, atNs } = change
      const rows = await database.query(changeStatement, [
        ...[[...values.keys()], texts],
        ...[actor, note, String(atNs)],
      ])
      return Number(rows[0]?.[0])
    },
    audit: async ({ beforeId = Number.MAX_SAFE_INTEGER, limit }: AuditQuery) => {
      checkLimit(limit)
      return (await database.query(auditStatement, [beforeId, limit])).map(entryOf)
    },
  }
}

const versionStatement = {
  name: 'settings version',
  text: 'SELECT version FROM posthorn.settings_head',
}

// One statement, so that version and values are of one moment.
const readStatement = {
  name: 'settings',
  text: `SELECT h.version, s.key, s.value
    FROM posthorn.settings_head h LEFT JOIN posthorn.settings s ON true ORDER BY s.key`,
}

const changeStatement = {
  name: 'change settings',
  text: 'SELECT posthorn.change_settings($1::text[], $2::text[], $3, $4, $5)',
}

const auditStatement = {
  name: 'audit',
  text: `SELECT id, version, at_ns, actor, note, key, before, after
    FROM posthorn.audit WHERE id < $1 ORDER BY id DESC LIMIT $2`,
}

function settingsOf(rows: readonly Row[]): Settings {
  const values = rows.flatMap(([, key, value]) =>
    typeof key === 'string' ? [[key, parseSetting(String(value))] as const] : [],
  )
  return { version: Number(rows[0]?.[0]), values: new Map(values) }
}

function entryOf([id, version, atNs, actor, note, key, before, after]: Row): AuditEntry {
  return {
    id: Number(id),
    version: Number(version),
    atNs: BigInt(String(atNs)),
    actor: String(actor),
    note: typeof note === 'string' ? note : undefined,
    key: String(key),
    before: typeof before === 'string' ? parseSetting(before) : undefined,
    after: typeof after === 'string' ? parseSetting(after) : undefined,
  }
}
