import { textsOf } from '../bench.ts'
import type { Check } from '../check.ts'
import { expectEqual, expectMatch, expectThat } from '../expect.ts'

const maxQueries = 50

/** Checks of BatchQuery. */
export const batchChecks: readonly Check[] = [
  {
    id: 'batch.fifty',
    title: 'fifty queries of both directions are answered in their order',
    run: async ({ api, bench }) => {
      const topic = bench.freshTopic()
      await bench.publish(api, [bench.envelope(topic, 'a', 1n), bench.envelope(topic, 'b', 2n)])
      const directions = Array.from({ length: maxQueries }, (_, i) =>
        i % 2 === 0 ? ('ascending' as const) : ('descending' as const),
      )
      const { code, reply = [] } = await api.batchQuery(
        directions.map((direction) => ({ contentTopics: [topic], direction, limit: 1 })),
      )
      expectEqual('code', code, 0)
      const expected = directions.map((direction) => [direction === 'ascending' ? 'a' : 'b'])
      expectEqual(
        'texts',
        reply.map(({ envelopes }) => textsOf(envelopes)),
        expected,
      )
      return undefined
    },
  },
  {
    id: 'batch.too-many',
    title: 'more than fifty queries are refused with code 3',
    run: async ({ api, bench }) => {
      const query = { contentTopics: [bench.freshTopic()] }
      const { code, message } = await api.batchQuery(Array.from({ length: 51 }, () => query))
      expectEqual('code', { code }, { code: 3 })
      expectMatch('message', message, /cannot exceed 50 requests in single batch/)
      return undefined
    },
  },
  {
    id: 'batch.empty',
    title: 'no queries are no answers',
    run: async ({ api }) => {
      const { code, reply } = await api.batchQuery([])
      expectEqual('answer', { code, reply }, { code: 0, reply: [] })
      return undefined
    },
  },
  {
    id: 'batch.one-bad',
    title: 'one query that is refused fails the whole batch',
    run: async ({ api, bench }) => {
      const queries = [{ contentTopics: [bench.freshTopic()] }, { contentTopics: [] }]
      const { code } = await api.batchQuery(queries)
      expectThat('a code above 0', code > 0, { code })
      return undefined
    },
  },
]
