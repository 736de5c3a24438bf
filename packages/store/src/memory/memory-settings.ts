import { checkLimit } from '../errors.ts'
import { changedSettings, checkSettingsChange, parseSetting } from '../settings-change.ts'
import type {
  AuditEntry,
  AuditQuery,
  Settings,
  SettingsChange,
  SettingsStore,
} from '../settings-store.ts'

/** Settings that are gone with the process. `checkOpen` throws once the store is closed. */
export function createMemorySettings(checkOpen: () => void): SettingsStore {
  return new MemorySettings(checkOpen)
}

class MemorySettings implements SettingsStore {
  readonly #values = new Map<string, string>()
  /** Entry n - 1 has id n. */
  readonly #audit: AuditEntry[] = []
  #version = 0
  readonly #checkOpen: () => void

  constructor(checkOpen: () => void) {
    this.#checkOpen = checkOpen
  }

  async version(): Promise<number> {
    this.#checkOpen()
    return this.#version
  }

  async read(): Promise<Settings> {
    this.#checkOpen()
    const values = Array.from(this.#values, ([key, json]) => [key, parseSetting(json)] as const)
    return { version: this.#version, values: new Map(values) }
  }

  async change(change: SettingsChange): Promise<number> {
    this.#checkOpen()
    const values = checkSettingsChange(change)
    const changed = changedSettings(values, (key) => this.#values.get(key))
    if (changed.length > 0) this.#version += 1
    const { actor, atNs, note } = change
    for (const { key, before, after } of changed) {
      if (after === undefined) this.#values.delete(key)
      else this.#values.set(key, after)
      this.#audit.push({
        ...{ id: this.#audit.length + 1, version: this.#version, atNs, actor, note, key },
        before: before === undefined ? undefined : parseSetting(before),
        after: after === undefined ? undefined : parseSetting(after),
      })
    }
    return this.#version
  }

  async audit({ beforeId, limit }: AuditQuery): Promise<readonly AuditEntry[]> {
    this.#checkOpen()
    checkLimit(limit)
    const end = Math.max(
      0,
      Math.min((beforeId ?? Number.POSITIVE_INFINITY) - 1, this.#audit.length),
    )
    return this.#audit.slice(Math.max(0, end - limit), end).reverse()
  }
}
