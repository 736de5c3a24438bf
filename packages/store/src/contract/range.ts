// What range must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import fc from 'fast-check'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { StoredEnvelope } from '../store.ts'
import { appends, rangeQuery } from './arbitraries.ts'
import { numbered, type Open, plain, upTo } from './fixtures.ts'
import { StoreOracle } from './oracle.ts'

/** Describes range. */
export function testRange(open: Open): void {
  describe('range', () => {
    test('default: random queries over random envelopes agree with a plain list', async () => {
      const queries = fc.array(rangeQuery, { minLength: 80, maxLength: 100, size: 'max' })
      await fc.assert(
        fc.asyncProperty(appends, queries, async (batches, makers) => {
          await using store = await open()
          const oracle = new StoreOracle()
          for (const batch of batches) {
            expect(await store.append(batch)).toEqual(await oracle.append(batch))
          }
          for (const query of makers.map((make) => make(oracle.rows))) {
            expect(plain(await store.range(query))).toEqual(plain(oracle.range(query)))
          }
        }),
        { numRuns: 6 },
      )
    })

    test.each(['ascending', 'descending'] as const)(
      'behavior: pages by cursor visit each row once, %s, through ties of time',
      async (direction) => {
        await using store = await open()
        const topics = ['a', 'b', 'c']
        const tied = upTo(90).map((n) => ({
          ...numbered(n, topics[n % 3]),
          timestampNs: BigInt(n % 2),
        }))
        await store.append(tied)
        const seen: StoredEnvelope[] = []
        for (;;) {
          const after = seen.at(-1)
          const page = await store.range({ topics, direction, limit: 7, after })
          if (page.length === 0) break
          seen.push(...page)
        }
        const oracle = new StoreOracle()
        await oracle.append(tied)
        expect(plain(seen)).toEqual(plain(oracle.range({ topics, direction, limit: 100 })))
      },
    )

    test.each([['a'], ['a', 'b']])(
      'behavior: a page of %j ends with the row that reaches its bytes',
      async (...topics) => {
        await using store = await open()
        await store.append(upTo(9).map((n) => numbered(n, topics[n % topics.length])))
        const query = { topics, direction: 'ascending', limit: 9 } as const
        const [first, second, ...rest] = await store.range(query)
        const bytes = (first?.message.length ?? 0) + (second?.message.length ?? 0)
        expect(rest).toHaveLength(7)
        const cut = await store.range({ ...query, maxBytes: bytes })
        expect(plain(cut)).toEqual(plain([first, second].filter((row) => row !== undefined)))
        expect(await store.range({ ...query, maxBytes: 1 })).toHaveLength(1)
      },
    )

    test('behavior: 10,000 topics merge into one order, unknown and repeated ones included', async () => {
      await using store = await open()
      const topics = upTo(10_000).map((n) => `topic ${n}`)
      await store.append(upTo(2_000).map((n) => numbered(2_000 - n, `topic ${n}`)))
      const query = { topics: [...topics, ...topics], direction: 'ascending', limit: 100 } as const
      const page = await store.range(query)
      expect(page.map((row) => row.timestampNs)).toEqual(upTo(100).map((n) => BigInt(n - 1)))
    })

    test('behavior: no topics, no rows; a limit that is no number of rows is refused', async () => {
      await using store = await open()
      await store.append([numbered(1, 'a')])
      const query = { topics: ['a'], direction: 'ascending', limit: 5 } as const
      expect(await store.range({ ...query, topics: [] })).toEqual([])
      for (const limit of [-1, 0.5, Number.NaN]) {
        const refused = store.range({ ...query, limit })
        await expect(refused).rejects.toMatchObject({ code: 'store/bad-limit' })
      }
    })
  })
}
