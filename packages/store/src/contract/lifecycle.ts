// What counts and disposal must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import { numbered, type Open } from './fixtures.ts'

/** Describes counts. */
export function testCounts(open: Open): void {
  describe('counts', () => {
    test('default: counts envelopes and topics, duplicates not', async () => {
      await using store = await open()
      expect(await store.counts()).toEqual({ envelopes: 0, topics: 0, lastSequence: 0 })
      await store.append([numbered(1), numbered(2), numbered(1)])
      await store.append([numbered(2), numbered(8)])
      expect(await store.counts()).toEqual({ envelopes: 3, topics: 2, lastSequence: 3 })
    })
  })
}

/** Describes disposal. */
export function testDispose(open: Open): void {
  describe('dispose', () => {
    test('default: appends that were taken are finished, later calls fail', async () => {
      const store = await open()
      const taken = store.append([numbered(1)])
      await store[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      expect(await taken).toEqual([{ sequence: 1, isDuplicate: false }])
      const closed = { code: 'store/closed' }
      const batches = { afterHeight: 0, limit: 1 }
      const range = { topics: [], direction: 'ascending', limit: 1 } as const
      await expect(store.append([])).rejects.toMatchObject(closed)
      await expect(store.broadcast([numbered(2)])).rejects.toMatchObject(closed)
      await expect(store.range(range)).rejects.toMatchObject(closed)
      await expect(store.tail({ afterSequence: 0, limit: 1 })).rejects.toMatchObject(closed)
      await expect(store.counts()).rejects.toMatchObject(closed)
      await expect(Array.fromAsync(store.scan())).rejects.toMatchObject(closed)
      await expect(store.settings.version()).rejects.toMatchObject(closed)
      await expect(store.settings.read()).rejects.toMatchObject(closed)
      await expect(store.upkeep.verify()).rejects.toMatchObject(closed)
      await expect(store.upkeep.batches(batches)).rejects.toMatchObject(closed)
    })
  })
}
