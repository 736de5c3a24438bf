/** A set that remembers the newest keys only, so that it never grows without bound. */
export type SeenSet = {
  /** Adds a key; false when it was there already. */
  add(key: string): boolean
  readonly size: number
}

/** Creates an empty set of at most `maxSize` keys; the oldest is forgotten first. */
export function createSeenSet(maxSize: number): SeenSet {
  // A Set iterates in the order of insertion, so its first key is the oldest.
  const keys = new Set<string>()
  return {
    add: (key) => {
      if (keys.has(key)) return false
      keys.add(key)
      if (keys.size > maxSize) {
        const oldest = keys.values().next()
        if (!oldest.done) keys.delete(oldest.value)
      }
      return true
    },
    get size() {
      return keys.size
    },
  }
}

/** How many messages a stream remembers, to recognise copies of them. */
export const maxCopyKeys = 50_000
