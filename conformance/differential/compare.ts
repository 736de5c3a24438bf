// What two readers make of the same messages.

import { isDeepStrictEqual } from 'node:util'
import type { View } from './view.ts'

/** One difference between two readings. */
export type Difference = {
  /** Which reading. */
  readonly reading: string
  /** Position, and name of the field; `count` when there are more or fewer. */
  readonly at: string
  readonly wanted: unknown
  readonly found: unknown
}

/** Two readings of the same messages. */
export type Reading = {
  readonly name: string
  readonly wanted: readonly Partial<View>[]
  readonly found: readonly View[]
}

/** All differences, field by field and in order; only the fields that are wanted are looked at. */
export function differencesOf({ name: reading, wanted, found }: Reading): Difference[] {
  const differences: Difference[] = []
  if (wanted.length !== found.length) {
    differences.push({ reading, at: 'count', wanted: wanted.length, found: found.length })
  }
  for (const [index, one] of wanted.entries()) {
    const other = found[index]
    if (other === undefined) break
    for (const [name, value] of Object.entries(one)) {
      const theOther = other[name as keyof View]
      if (isDeepStrictEqual(value, theOther)) continue
      differences.push({ reading, at: `${index}.${name}`, wanted: value, found: theOther })
    }
  }
  return differences
}

/** Views in the order of their ids: for readings whose order says nothing. */
export function byId<T extends Partial<View>>(views: readonly T[]): T[] {
  return [...views].sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1))
}
