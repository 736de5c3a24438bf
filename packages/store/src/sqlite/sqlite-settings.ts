import { checkLimit } from '../errors.ts'
import { checkSettingsChange } from '../settings-change.ts'
import type { SettingsStore } from '../settings-store.ts'
import type { StoreThreads } from './store-threads.ts'

/** Settings in the store's database. */
export function createSqliteSettings(threads: StoreThreads): SettingsStore {
  return {
    version: () => threads.read('settingsVersion', null),
    read: () => threads.read('settings', null),
    change: async (change) => {
      const values = checkSettingsChange(change)
      return threads.write('changeSettings', { ...change, values })
    },
    audit: async (query) => {
      checkLimit(query.limit)
      return threads.read('audit', query)
    },
  }
}
