// What the inbox keeps among the settings of the store, by the beginnings of their keys.

import type { LocalSetting, LocalStore, SettingValue } from '@posthorn/local-store'

/** Beginnings of keys; what follows is said with each. */
export const settingPrefixes = {
  /** Topic whose past has not been read to its beginning; value: `PastMark`. */
  past: 'inbox/past ',
  /** Topic of a conversation that begins with its next message; value: `Beginning`. */
  begin: 'inbox/begin ',
  /** Address; value: its contact as it came from the network, base64. */
  contact: 'inbox/contact ',
  /** Time and address of a decision that other clients do not know of; value: the decision. */
  decision: 'inbox/decided ',
  /** Time and topic of a read mark that other clients do not know of; value: true. */
  read: 'inbox/read ',
  /** Topic of a conversation in which somebody has edited or deleted something; value: true. */
  revised: 'inbox/revised ',
  /** Address that was written to, to be allowed unless something was decided; value: true. */
  written: 'inbox/written ',
} as const

/** Up to when everything has been read, as far as clocks agree; nanoseconds as digits. */
export const reachedKey = 'inbox/reached'
/** Set once the account's decisions have been read. */
export const decisionsReadKey = 'inbox/decisions read'
/** Set while the store is mended, and until what it has lost is read again; value: `mending` or `mended`. */
export const mendingKey = 'inbox/mending'
/** Purpose of the mark that says how far the node's log was read. */
export const logPurpose = 'inbox'

/** A setting of one kind. */
export type FoundSetting = {
  readonly key: string
  readonly name: string
  readonly value: SettingValue
}

/** All settings of one kind. */
export async function settingsOf(store: LocalStore, prefix: string): Promise<FoundSetting[]> {
  const found: FoundSetting[] = []
  for await (const { kind, record } of store.records('setting')) {
    if (kind !== 'setting' || record.value === undefined) continue
    const { key, value } = record
    if (key.startsWith(prefix)) found.push({ key, name: key.slice(prefix.length), value })
  }
  return found
}

/** Deletes settings, in a batch. */
export function forgetting(keys: readonly string[]): LocalSetting[] {
  return keys.map((key) => ({ key, value: undefined }))
}
