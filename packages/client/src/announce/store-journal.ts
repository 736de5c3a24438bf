// A journal in the account's own store, sealed like everything there.

import type { LocalSetting, LocalStore } from '@posthorn/local-store'
import type { Journal } from './journal.ts'

/** What {@link createStoreJournal} takes. */
export type StoreJournalOptions = {
  readonly store: Pick<LocalStore, 'put' | 'records'>
  /** Tells journals of one store apart. */
  readonly name: string
}

/** A journal in a local store: as durable as the store is. */
export function createStoreJournal({ store, name }: StoreJournalOptions): Journal {
  const prefix = `journal/${name}/`
  let size: Promise<number> | undefined

  async function lines(): Promise<readonly string[]> {
    const found: { readonly at: number; readonly line: string }[] = []
    for await (const record of store.records('setting')) {
      if (record.kind !== 'setting' || !record.record.key.startsWith(prefix)) continue
      const { key, value } = record.record
      if (typeof value === 'string')
        found.push({ at: Number(key.slice(prefix.length)), line: value })
    }
    return found.sort((a, b) => a.at - b.at).map(({ line }) => line)
  }

  return {
    read: async function* () {
      const all = await lines()
      size ??= Promise.resolve(all.length)
      yield* all
    },
    append: (added) => {
      const before = size ?? lines().then(({ length }) => length)
      const written = before.then(async (start) => {
        const setting = (value: string, index: number): LocalSetting => ({
          key: `${prefix}${start + index}`,
          value,
        })
        await store.put({ settings: added.map(setting) })
        return start + added.length
      })
      // What was not stored leaves no gap: the next lines take its place.
      size = written.catch(() => before)
      return written.then(() => undefined)
    },
  }
}
