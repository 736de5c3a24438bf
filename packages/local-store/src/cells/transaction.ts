// One change while it is made: what it has read, and what it will write.

import { type CellReads, eachPage, presentIn, type WholeRange } from './cell-reads.ts'

/** A record and where it lies. */
export type KeyedRecord<T> = { readonly key: string; readonly record: T }

/** A change in the making; what it put is what it reads. */
export type Transaction = {
  /** Reads cells ahead, all at once. */
  load(keys: readonly string[]): Promise<void>
  /** The record, or undefined where there is none. A damaged one counts as none, so that a put heals it. */
  get<T>(key: string): Promise<T | undefined>
  /** Damaged cells are left out. */
  scan<T>(range: WholeRange): AsyncIterable<KeyedRecord<T>>
  put(key: string, record: unknown): void
  delete(key: string): void
  pending(): PendingWrites
}

/** What a change will write. */
export type PendingWrites = {
  readonly puts: readonly (readonly [key: string, record: unknown])[]
  readonly deletes: readonly string[]
}

/** Begins a change. */
export function createTransaction(reads: CellReads): Transaction {
  const read = new Map<string, unknown>()
  // Undefined stands for a deletion.
  const written = new Map<string, unknown>()

  async function load(keys: readonly string[]): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => !read.has(key) && !written.has(key))
    const cells = await reads.get(missing)
    for (const [at, key] of missing.entries()) read.set(key, presentIn(cells[at]))
  }

  // What was written between the last page and the end of this one takes the place of what was read there.
  async function* scan<T>(range: WholeRange): AsyncGenerator<KeyedRecord<T>, void> {
    const isDescending = range.direction === 'descending'
    const overlay = [...written].filter(([key]) => key >= range.from && key < range.before)
    const added = new Map(overlay)
    for await (const page of eachPage(reads, range)) {
      const last = page.at(-1)?.key
      const here = new Map(page.map((cell) => [cell.key, presentIn(cell)]))
      for (const [key, record] of added) {
        const isBeyond = last !== undefined && (isDescending ? key < last : key > last)
        if (isBeyond) continue
        here.set(key, record)
        added.delete(key)
      }
      yield* sorted<T>(here, isDescending)
    }
    yield* sorted<T>(added, isDescending)
  }

  return {
    load,
    get: async <T>(key: string) => {
      if (written.has(key)) return written.get(key) as T | undefined
      if (!read.has(key)) await load([key])
      return read.get(key) as T | undefined
    },
    scan,
    put: (key, record) => {
      written.set(key, record)
    },
    delete: (key) => {
      written.set(key, undefined)
    },
    pending: () => ({
      puts: [...written].filter(([, record]) => record !== undefined),
      deletes: [...written].filter(([, record]) => record === undefined).map(([key]) => key),
    }),
  }
}

function sorted<T>(records: ReadonlyMap<string, unknown>, isDescending: boolean): KeyedRecord<T>[] {
  const present = [...records].filter(([, record]) => record !== undefined)
  const ascending = present.sort(([a], [b]) => (a < b ? -1 : 1))
  const ordered = isDescending ? ascending.reverse() : ascending
  return ordered.map(([key, record]) => ({ key, record: record as T }))
}
