// Cells in memory: gone with the process, and sealed all the same, so that one code serves every engine.

import type { CellEngine } from '../cells/cell-engine.ts'
import { closedError } from '../errors.ts'
import { createSortedKeys } from './sorted-keys.ts'

/** Creates an engine that keeps cells in memory. */
export function createMemoryEngine(): CellEngine {
  const cells = new Map<string, Uint8Array>()
  const keys = createSortedKeys()
  let revision = 0
  let isClosed = false

  const checkOpen = (): void => {
    if (isClosed) throw closedError()
  }
  const empty = (): void => {
    cells.clear()
    keys.clear()
  }

  return {
    revision: async () => {
      checkOpen()
      return revision
    },
    get: async (wanted) => {
      checkOpen()
      return wanted.map((key) => cells.get(key))
    },
    scan: async ({ from, before, direction, limit }) => {
      checkOpen()
      const isFromEnd = direction === 'descending'
      const page = keys
        .slice(from, before, { limit, isFromEnd })
        .map((key) => ({ key, value: cells.get(key) ?? new Uint8Array() }))
      return isFromEnd ? page.reverse() : page
    },
    commit: async ({ atRevision, puts, deletes }) => {
      checkOpen()
      if (atRevision !== revision) return false
      for (const { key, value } of puts) {
        if (!cells.has(key)) keys.add(key)
        cells.set(key, value)
      }
      for (const key of deletes) if (cells.delete(key)) keys.delete(key)
      revision++
      return true
    },
    wipe: async () => {
      checkOpen()
      empty()
      revision++
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true
      empty()
    },
  }
}
