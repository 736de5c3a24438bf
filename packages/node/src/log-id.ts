// The name of a store's log: sequences mean something only together with it. It lives among the settings, so
// that all nodes of one database give the same, and a restored copy can be given another.

import { logIdKey, type SettingsStore } from '@posthorn/store'
import type { Clock } from './clock.ts'

/** The name of the log; the first node that asks gives it one. */
export async function readLogId(settings: SettingsStore, clock: Clock): Promise<string> {
  const known = await storedLogId(settings)
  if (known !== undefined) return known
  const atNs = clock.nowNs()
  await settings.change({
    values: new Map([[logIdKey, atNs.toString(36)]]),
    actor: 'node',
    atNs,
    note: 'names the log of this store',
  })
  // Another node may have been quicker or slower: what is stored now is what counts.
  return (await storedLogId(settings)) ?? atNs.toString(36)
}

async function storedLogId(settings: SettingsStore): Promise<string | undefined> {
  const id = (await settings.read()).values.get(logIdKey)
  return typeof id === 'string' ? id : undefined
}
