import { encode, QueryResponse, SortDirection } from '@posthorn/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodePage } from './encode-page.ts'

const message = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(127, 128, 16_383, 16_384, 40_000).map((length) => new Uint8Array(length).fill(1)),
)
const nearPowers = fc
  .record({ bits: fc.integer({ min: 0, max: 64 }), less: fc.bigInt({ min: 0n, max: 2n }) })
  .map(({ bits, less }) => BigInt.asUintN(64, 2n ** BigInt(bits) - less))
const envelope = fc.record({
  contentTopic: fc.oneof(fc.constantFrom('', '/xmtp/0/m-1/proto'), fc.string({ unit: 'grapheme' })),
  timestampNs: fc.oneof(nearPowers, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  message,
})
const cursor = fc.record({
  digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  senderTimeNs: fc.bigInt({ min: 1n, max: 2n ** 63n }),
})
const pagingInfo = fc.option(
  fc.record({
    limit: fc.nat({ max: 100 }),
    cursor: fc.option(
      cursor.map((value) => ({ cursor: { $case: 'index' as const, value } })),
      { nil: undefined },
    ),
    direction: fc.constantFrom(
      SortDirection.SORT_DIRECTION_ASCENDING,
      SortDirection.SORT_DIRECTION_DESCENDING,
    ),
  }),
  { nil: undefined },
)

test('a page has the bytes that the generated code would give it', () => {
  const page = fc.record({ envelopes: fc.array(envelope, { maxLength: 20 }), pagingInfo })
  fc.assert(
    fc.property(page, (reply) => {
      expect(Buffer.compare(encodePage(reply), encode(QueryResponse, reply))).toBe(0)
    }),
    { numRuns: 200 },
  )
})
