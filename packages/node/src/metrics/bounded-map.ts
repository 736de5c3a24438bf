// Counts by labels that clients choose: only so many are kept apart.

/** Values by key, made when first asked for. */
export type BoundedMap<Value> = {
  /** The value of a key; once too many are there, that of `overflowKey`. */
  get(key: string): Value
  entries(): IterableIterator<[string, Value]>
}

/** Key that stands for all that came after the map was full. */
export const overflowKey = 'other'

/** Creates an empty map. */
export function createBoundedMap<Value>(maxKeys: number, make: () => Value): BoundedMap<Value> {
  const values = new Map<string, Value>()
  const add = (key: string): Value => {
    const value = make()
    values.set(key, value)
    return value
  }
  return {
    get: (key) => {
      const value = values.get(key)
      if (value !== undefined) return value
      if (values.size < maxKeys) return add(key)
      return values.get(overflowKey) ?? add(overflowKey)
    },
    entries: () => values.entries(),
  }
}
