/** The keys of a map, sorted; kept so by merging, since sorting them all after each change would take too long. */
export type SortedKeys = {
  add(key: string): void
  delete(key: string): void
  /** Keys in [from, before), ascending; at most `limit` from the end that `isFromEnd` says. */
  slice(from: string, before: string, end: SliceEnd): readonly string[]
  clear(): void
}

/** Which keys of a long stretch. */
export type SliceEnd = { readonly limit: number; readonly isFromEnd: boolean }

/** Creates an empty list; keys are added once and deleted once. */
export function createSortedKeys(): SortedKeys {
  let keys: string[] = []
  const added = new Set<string>()
  const deleted = new Set<string>()

  function settle(): readonly string[] {
    if (added.size > 0 || deleted.size > 0) keys = merge(keys, [...added].sort(), deleted)
    added.clear()
    deleted.clear()
    return keys
  }

  return {
    add: (key) => {
      if (!deleted.delete(key)) added.add(key)
    },
    delete: (key) => {
      if (!added.delete(key)) deleted.add(key)
    },
    slice: (from, before, { limit, isFromEnd }) => {
      const sorted = settle()
      const [start, end] = [lowerBound(sorted, from), lowerBound(sorted, before)]
      if (isFromEnd) return sorted.slice(Math.max(start, end - limit), end)
      return sorted.slice(start, Math.min(end, start + limit))
    },
    clear: () => {
      keys = []
      added.clear()
      deleted.clear()
    },
  }
}

function merge(
  keys: readonly string[],
  added: readonly string[],
  deleted: ReadonlySet<string>,
): string[] {
  const merged: string[] = []
  let at = 0
  for (const key of keys) {
    for (let next = added[at]; next !== undefined && next < key; next = added[++at]) {
      merged.push(next)
    }
    if (!deleted.has(key)) merged.push(key)
  }
  return at < added.length ? merged.concat(added.slice(at)) : merged
}

function lowerBound(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
