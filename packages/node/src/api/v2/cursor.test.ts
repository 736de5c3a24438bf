import { createHash } from 'node:crypto'
import { createMemoryStore, type RangeQuery, type StoredEnvelope } from '@posthorn/store'
import { describe, expect, test } from 'vitest'
import { withWholeCursor } from './cursor.ts'

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest())

async function filledStore() {
  const store = createMemoryStore({ sha256 })
  const times = [0n, 0n, 0n, 0n, ...Array.from({ length: 20 }, (_, n) => BigInt(n + 1))]
  await store.append(
    times.map((timestampNs, n) => ({ contentTopic: 't', timestampNs, message: Uint8Array.of(n) })),
  )
  return store
}

describe('withWholeCursor', () => {
  test.each(['ascending', 'descending'] as const)(
    'default: pages go %s over rows of time 0 without loss or repetition',
    async (direction) => {
      const store = await filledStore()
      const seen: StoredEnvelope[] = []
      let after: RangeQuery['after']
      for (;;) {
        const query = { topics: ['t'], direction, limit: 3, after }
        const page = await store.range(await withWholeCursor(store, query))
        seen.push(...page)
        const last = page.at(-1)
        if (last === undefined) break
        // As the wire has it: a time of 0 is no time.
        const { timestampNs, digest } = last
        after = timestampNs === 0n ? { digest } : { digest, timestampNs }
      }
      expect(seen.map((row) => row.sequence).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 24 }, (_, n) => n + 1),
      )
    },
  )

  test('behavior: a digest that no row of time 0 has is compared alone', async () => {
    const store = await filledStore()
    const [row] = await store.range({
      topics: ['t'],
      startNs: 5n,
      direction: 'ascending',
      limit: 1,
    })
    const after = { digest: row?.digest ?? new Uint8Array(0) }
    const query = { topics: ['t'], direction: 'ascending', limit: 3, after } as const
    expect(await withWholeCursor(store, query)).toBe(query)
  })
})
