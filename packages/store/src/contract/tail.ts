// What tail and scan must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import fc from 'fast-check'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { StoredEnvelope } from '../store.ts'
import { appends, positionsQuery, tailQuery } from './arbitraries.ts'
import { numbered, type Open, plain, sequences, upTo } from './fixtures.ts'
import { StoreOracle } from './oracle.ts'

/** Describes tail. */
export function testTail(open: Open): void {
  describe('tail', () => {
    test.each([
      ['topics', tailQuery],
      ['positions', positionsQuery],
    ])('default: random queries by %s agree with a plain list', async (_, query) => {
      const queries = fc.array(query, { minLength: 80, maxLength: 100, size: 'max' })
      await fc.assert(
        fc.asyncProperty(appends, queries, async (batches, queries) => {
          await using store = await open()
          const oracle = new StoreOracle()
          await Promise.all(batches.map((batch) => store.append(batch)))
          await oracle.append(batches.flat())
          for (const query of queries) {
            expect(plain(await store.tail(query))).toEqual(plain(oracle.tail(query)))
          }
        }),
        { numRuns: 6 },
      )
    })

    test('behavior: a reader that follows concurrent appends misses nothing and sees nothing twice', async () => {
      await using store = await open()
      const count = 2_000
      const publishers = upTo(20).map(async (publisher) => {
        for (let n = publisher; n <= count; n += 20) await store.append([numbered(n)])
      })
      const seen: StoredEnvelope[] = []
      while (seen.length < count) {
        const afterSequence = seen.at(-1)?.sequence ?? 0
        seen.push(...(await store.tail({ afterSequence, limit: 64 })))
      }
      await Promise.all(publishers)
      expect(sequences(seen)).toEqual(upTo(count))
      expect(new Set(seen.map((row) => row.timestampNs)).size).toBe(count)
    })

    test('behavior: an acknowledged envelope is there for the next reader', async () => {
      await using store = await open()
      for (const n of upTo(20)) {
        const [result] = await store.append([numbered(n, 'topic')])
        const topics = ['topic']
        const rows = await Promise.all([
          store.tail({ afterSequence: n - 1, limit: 1 }),
          store.tail({ afterSequence: n - 1, limit: 1, topics }),
          store.range({ topics, direction: 'descending', limit: 1 }),
        ])
        expect(rows.flat().map((row) => row.sequence)).toEqual([n, n, n])
        expect(result?.sequence).toBe(n)
      }
    })

    test('behavior: 10,000 topics with positions of their own merge into one order', async () => {
      await using store = await open()
      const count = 2_000
      await store.append(upTo(count).map((n) => numbered(n, `topic ${n % 500}`)))
      const positions = new Map(upTo(10_000).map((n) => [`topic ${n}`, n * 4] as const))
      const beyond = (sequence: number) =>
        sequence > (positions.get(`topic ${sequence % 500}`) ?? count)
      const expected = upTo(count).filter(beyond)
      const seen: number[] = []
      for (;;) {
        const afterSequence = seen.at(-1) ?? 0
        const page = await store.tail({ afterSequence, limit: 300, positions })
        if (page.length === 0) break
        seen.push(...sequences(page))
      }
      expect(seen).toEqual(expected)
      expect(expected.length).toBeGreaterThan(900)
    })

    test('behavior: no topics, no rows; a limit that is no number of rows is refused', async () => {
      await using store = await open()
      await store.append([numbered(1)])
      expect(await store.tail({ afterSequence: 0, limit: 5, topics: [] })).toEqual([])
      const positions = new Map<string, number>()
      expect(await store.tail({ afterSequence: 0, limit: 5, positions })).toEqual([])
      for (const limit of [-1, 0.5, Number.NaN]) {
        const refused = store.tail({ afterSequence: 0, limit })
        await expect(refused).rejects.toMatchObject({ code: 'store/bad-limit' })
      }
    })
  })
}

/** Describes scan. */
export function testScan(open: Open): void {
  describe('scan', () => {
    test('default: yields everything there was at its start, in the order of arrival', async () => {
      await using store = await open()
      await store.append(upTo(1_000).map((n) => numbered(n)))
      const seen: StoredEnvelope[] = []
      for await (const row of store.scan()) {
        if (seen.length === 0) await store.append([numbered(1_001)])
        seen.push(row)
      }
      expect(sequences(seen)).toEqual(upTo(1_000))
    })

    test('behavior: an empty store has nothing to scan', async () => {
      await using store = await open()
      expect(await Array.fromAsync(store.scan())).toEqual([])
    })
  })
}
