// Taking damage out of a store, and seeing to it that what was lost is read again, by whichever tab works.

import type { LocalChange, LocalStore, RepairReport } from '@posthorn/local-store'
import { forgetting, logPurpose, mendingKey, reachedKey } from './inbox-settings.ts'
import { isDamage } from './store-reads.ts'

/**
 * Takes damaged records out of a store. When there were any, the next worker reads everything from the network anew
 * and recognises what is there; also when the process dies in between.
 */
export async function mendStore(store: LocalStore): Promise<RepairReport> {
  const wasLost = await isSomethingLost(store)
  await store.put({ settings: [{ key: mendingKey, value: 'mending' }] })
  const report = await store.repair()
  const value = wasLost || report.removedCount > 0 ? 'mended' : undefined
  await store.put({ settings: [{ key: mendingKey, value }] })
  return report
}

/** Forgets how far everything was read, when the store was mended since; for who begins to work. */
export async function takeUpMending(store: LocalStore): Promise<void> {
  if (!(await isSomethingLost(store))) return
  const progress = [{ purpose: logPurpose, logId: '', sequence: 0 }]
  await store.put({ progress, settings: forgetting([reachedKey, mendingKey]) })
}

// A mark that cannot be read is one.
async function isSomethingLost(store: LocalStore): Promise<boolean> {
  try {
    return (await store.setting(mendingKey)) !== undefined
  } catch (error) {
    if (isDamage(error)) return true
    throw error
  }
}

/** Whether the store was mended, by another tab: whoever works then has to begin anew. */
export async function wasMended(
  store: LocalStore,
  changes: readonly LocalChange[],
): Promise<boolean> {
  const mayTell = changes.some(
    (change) =>
      change.kind === 'everything' || (change.kind === 'setting' && change.key === mendingKey),
  )
  return mayTell && (await store.setting(mendingKey)) === 'mended'
}
