// What was answered lately: in memory, and where the caller keeps things.

/** A place of the caller's that outlives the process. What it throws is taken as an empty answer. */
export type NameStore = {
  get(key: string): Promise<string | undefined>
  set(key: string, text: string): Promise<void>
}

/** How long answers are used, and how many are kept. */
export type NameCacheOptions = {
  readonly nowMs: () => number
  /** For answers. */
  readonly ttlMs: number
  /** For "there is none". */
  readonly negativeTtlMs: number
  readonly maxEntries: number
  readonly store?: NameStore | undefined
}

/** A value that was found, or `undefined` in it for "there is none". */
export type CachedAnswer = { readonly value: unknown }

/** Answers by key; values are plain JSON. */
export type NameCache = {
  /** `undefined` when nothing is known or it is too old. */
  get(key: string): Promise<CachedAnswer | undefined>
  set(key: string, value: unknown): void
}

type Entry = { readonly value: unknown; readonly storedMs: number }

/** Makes a cache; in memory the least recently used entries go first. */
export function createNameCache(options: NameCacheOptions): NameCache {
  const { nowMs, ttlMs, negativeTtlMs, maxEntries, store } = options
  const entries = new Map<string, Entry>()

  function isFresh(entry: Entry): boolean {
    const ageMs = nowMs() - entry.storedMs
    // A clock that was set back makes entries of the future: those are not believed.
    return ageMs >= 0 && ageMs < (entry.value === undefined ? negativeTtlMs : ttlMs)
  }

  function remember(key: string, entry: Entry): void {
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size <= maxEntries) return
    const [oldest] = entries.keys()
    if (oldest !== undefined) entries.delete(oldest)
  }

  async function fromStore(key: string): Promise<Entry | undefined> {
    try {
      const text = await store?.get(key)
      return text === undefined ? undefined : parseEntry(text)
    } catch {
      return undefined
    }
  }

  async function get(key: string): Promise<CachedAnswer | undefined> {
    const entry = entries.get(key) ?? (await fromStore(key))
    if (entry === undefined) return undefined
    if (!isFresh(entry)) {
      entries.delete(key)
      return undefined
    }
    remember(key, entry)
    return { value: entry.value }
  }

  function set(key: string, value: unknown): void {
    const entry: Entry = { value, storedMs: nowMs() }
    remember(key, entry)
    store?.set(key, JSON.stringify(entry)).catch(() => {})
  }

  return { get, set }
}

function parseEntry(text: string): Entry | undefined {
  const entry: unknown = JSON.parse(text)
  if (typeof entry !== 'object' || entry === null) return undefined
  const { value, storedMs } = entry as Partial<Entry>
  return typeof storedMs === 'number' ? { value, storedMs } : undefined
}
