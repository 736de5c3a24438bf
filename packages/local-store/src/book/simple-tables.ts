// Records that are found by one name and replaced whole.

import type { CellKeys, Table } from '../cells/cell-keys.ts'
import type { LocalChange } from '../changes.ts'
import type {
  CachedName,
  ConsentEntry,
  Draft,
  LocalSetting,
  ProgressMark,
  ReadMark,
} from '../records.ts'
import type { Writing } from './writing.ts'

/** How a kind of record is kept. */
export type SimpleTable<T> = {
  readonly table: Table
  nameOf(record: T): string
  /** Whether a record takes the place of the one that is there. */
  replaces(after: T, before: T): boolean
  /** Whether putting the record means deleting it. */
  isDeletion?(record: T): boolean
  changeOf?(record: T): LocalChange
}

/** Decisions, by subject and value; addresses in any case. */
export const consentTable: SimpleTable<ConsentEntry> = {
  table: 'consent',
  nameOf: ({ subject, value }) => consentName(subject, value),
  replaces: (after, before) =>
    after.decidedNs > before.decidedNs ||
    (after.decidedNs === before.decidedNs && after.state !== before.state),
  changeOf: ({ subject, value }) => ({ kind: 'consent', subject, value }),
}

/** The name of a decision. */
export function consentName(subject: ConsentEntry['subject'], value: string): string {
  return `${subject}-${subject === 'address' ? value.toLowerCase() : value}`
}

/** Read marks, by topic. */
export const readMarkTable: SimpleTable<ReadMark> = {
  table: 'readMark',
  nameOf: ({ topic }) => topic,
  replaces: (after, before) => after.readNs > before.readNs,
  changeOf: ({ topic }) => ({ kind: 'conversation', topic }),
}

/** Drafts, by topic. */
export const draftTable: SimpleTable<Draft> = {
  table: 'draft',
  nameOf: ({ topic }) => topic,
  replaces: (after, before) => after.changedNs >= before.changedNs,
  isDeletion: ({ text }) => text === '',
  changeOf: ({ topic }) => ({ kind: 'draft', topic }),
}

/** Answers of name services, by what was asked. */
export const nameTable: SimpleTable<CachedName> = {
  table: 'name',
  nameOf: ({ query }) => query,
  replaces: (after, before) => after.fetchedNs >= before.fetchedNs,
}

/** Progress, by purpose. */
export const progressTable: SimpleTable<ProgressMark> = {
  table: 'progress',
  nameOf: ({ purpose }) => purpose,
  replaces: (after, before) => after.logId !== before.logId || after.sequence > before.sequence,
}

/** Settings, by key. */
export const settingTable: SimpleTable<LocalSetting> = {
  table: 'setting',
  nameOf: ({ key }) => key,
  replaces: () => true,
  isDeletion: ({ value }) => value === undefined,
  changeOf: ({ key }) => ({ kind: 'setting', key }),
}

/** The key of a record of a table. */
function simpleKey<T>(keys: CellKeys, kind: SimpleTable<T>, record: T): string {
  return keys.named(kind.table, kind.nameOf(record))
}

/** Puts a record, unless what is there stays; false when nothing changed. */
export async function putSimple<T>(
  { transaction, keys, tell }: Writing,
  kind: SimpleTable<T>,
  record: T,
): Promise<boolean> {
  const key = simpleKey(keys, kind, record)
  const before = await transaction.get<T>(key)
  const isDeletion = kind.isDeletion?.(record) ?? false
  if (before === undefined ? isDeletion : !kind.replaces(record, before)) return false
  if (isDeletion) transaction.delete(key)
  else transaction.put(key, record)
  if (kind.changeOf !== undefined) tell(kind.changeOf(record))
  return true
}
