import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchHeight } from './batch-height.ts'

test('the height of a log is found from any height below it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(500), fc.nat(500), fc.nat(500), async (low, more, beyond) => {
      const height = low + more
      let calls = 0
      const upkeep = {
        batches: async ({ afterHeight }: { readonly afterHeight: number }) => {
          calls++
          if (afterHeight >= height) return []
          const next = {
            firstSequence: 1,
            lastSequence: 1,
            committedNs: 1n,
            hash: new Uint8Array(),
          }
          return [{ ...next, height: afterHeight + 1 }]
        },
      }
      expect(await batchHeight(upkeep, low, height + beyond)).toBe(height)
      expect(calls).toBeLessThan(20)
    }),
  )
})
