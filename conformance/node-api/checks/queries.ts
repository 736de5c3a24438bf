// Paging and limits, the same over every protocol.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Api } from '../api.ts'
import type { Check } from '../check.ts'
import type { Cursor, QueryReply, QueryRequest } from '../messages.ts'
import { envelopeOf, freshTopic, type World } from '../world.ts'

const ascending = 'SORT_DIRECTION_ASCENDING'
const descending = 'SORT_DIRECTION_DESCENDING'

export const queryChecks: readonly Check[] = [
  onEach(
    'pages of 3, 3 and 1, newest first by default, in a window with both ends in it',
    async (api, world) => {
      const topic = freshTopic()
      await world.publish(numbered(topic, 9))
      const request = { contentTopics: [topic], startTimeNs: '1', endTimeNs: '7' }
      const pages = await pagesOf(api, request, 3)
      assert.deepEqual(pages.map(timesOf), [['7', '6', '5'], ['4', '3', '2'], ['1']])
      assert.deepEqual(
        pages.map(({ pagingInfo }) => pagingInfo.limit),
        [3, 3, 0],
      )
      for (const { pagingInfo } of pages) assert.equal(pagingInfo.direction, descending)
    },
  ),
  onEach(
    'a full last page has a cursor, and the page after it is empty without one',
    async (api, world) => {
      const topic = freshTopic()
      await world.publish(numbered(topic, 4))
      const pages = await pagesOf(
        api,
        { contentTopics: [topic], pagingInfo: { direction: ascending } },
        2,
      )
      assert.deepEqual(pages.map(timesOf), [['0', '1'], ['2', '3'], []])
    },
  ),
  onEach('ties of time are ordered and paged by digest, both ways', async (api, world) => {
    const topic = freshTopic()
    const tied = Array.from({ length: 7 }, (_, i) => envelopeOf(topic, `tie ${i}`, 5n))
    await world.publish(tied)
    const inOrder = tied.map(({ message }) => digestOf(topic, message)).sort()
    for (const direction of [ascending, descending]) {
      const pages = await pagesOf(api, { contentTopics: [topic], pagingInfo: { direction } }, 2)
      const got = pages.flatMap(({ envelopes }) =>
        envelopes.map(({ message }) => digestOf(topic, message)),
      )
      assert.deepEqual(got, direction === ascending ? inOrder : [...inOrder].reverse())
    }
  }),
  onEach('the cursor of a page is the time and digest of its last row', async (api, world) => {
    const topic = freshTopic()
    await world.publish(numbered(topic, 3))
    const { envelopes, pagingInfo } = await page(api, {
      contentTopics: [topic],
      pagingInfo: { limit: 2 },
    })
    const last = envelopes[1]
    assert.equal(pagingInfo.cursor?.index?.senderTimeNs, last?.timestampNs)
    const digest = Buffer.from(pagingInfo.cursor?.index?.digest ?? []).toString('hex')
    assert.equal(digest, digestOf(topic, last?.message ?? Buffer.alloc(0)))
  }),
  onEach(
    'cursors without digest filter nothing; those with a digest alone compare digests',
    async (api, world) => {
      const topic = freshTopic()
      const rows = numbered(topic, 6)
      await world.publish(rows)
      const timesAfter = async (index: Cursor['index']): Promise<string[]> =>
        timesOf(
          await page(api, {
            contentTopics: [topic],
            pagingInfo: { direction: ascending, cursor: index === undefined ? {} : { index } },
          }),
        )
      const all = ['0', '1', '2', '3', '4', '5']
      assert.deepEqual(await timesAfter(undefined), all)
      assert.deepEqual(await timesAfter({}), all)
      assert.deepEqual(await timesAfter({ senderTimeNs: '3' }), all)
      const pivot = digestOf(topic, rows[2]?.message ?? Buffer.alloc(0))
      const above = rows.filter(({ message }) => digestOf(topic, message) > pivot)
      assert.deepEqual(
        await timesAfter({ digest: Buffer.from(pivot, 'hex') }),
        above.map(({ timestampNs }) => timestampNs),
      )
    },
  ),
  onEach('times 0, 2^63 and 2^64-1 are kept, ordered and found', async (api, world) => {
    const topic = freshTopic()
    const times = [0n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]
    await world.publish(times.map((time) => envelopeOf(topic, `at ${time}`, time)))
    const pages = await pagesOf(
      api,
      { contentTopics: [topic], pagingInfo: { direction: ascending } },
      2,
    )
    assert.deepEqual(pages.flatMap(timesOf), times.map(String))
    const late = await page(api, { contentTopics: [topic], startTimeNs: String(2n ** 63n) })
    assert.deepEqual(timesOf(late), [String(2n ** 64n - 1n), String(2n ** 63n)])
    const early = await page(api, { contentTopics: [topic], endTimeNs: String(2n ** 63n - 1n) })
    assert.deepEqual(timesOf(early), [String(2n ** 63n - 1n), '0'])
  }),
  onEach(
    '100 rows are given, 101 refused; 500 on one preferences topic, where the echo says 100',
    async (api, world) => {
      const [topic, preferences] = [freshTopic(), freshTopic('userpreferences')]
      await world.publish(numbered(topic, 101))
      await world.publish(numbered(preferences, 501))
      const paged = (contentTopics: string[], limit: number): QueryRequest => ({
        contentTopics,
        pagingInfo: { limit },
      })
      assert.equal((await page(api, paged([topic], 100))).envelopes.length, 100)
      assert.equal((await page(api, paged([topic], 0))).pagingInfo.limit, 100)
      const wide = await page(api, paged([preferences], 500))
      assert.deepEqual([wide.envelopes.length, wide.pagingInfo.limit], [500, 100])
      assert.equal((await page(api, paged([preferences], 0))).envelopes.length, 100)
      for (const [topics, limit] of [
        [[topic], 101],
        [[preferences], 501],
        [[preferences, topic], 101],
        [[topic], 2 ** 32 - 1],
      ] as const) {
        const { code, message } = await api.query(paged([...topics], limit))
        assert.equal(code, 3)
        assert.match(message, /cannot exceed \d00 rows per query/)
      }
    },
  ),
  onEach(
    'batches of 50 are answered in order, of 51 refused, of none empty',
    async (api, world) => {
      const topics = Array.from({ length: 50 }, () => freshTopic())
      await world.publish(topics.flatMap((topic) => numbered(topic, 2)))
      const requests = topics.map((topic, i) => ({
        contentTopics: [topic],
        pagingInfo: { limit: 1, direction: i % 2 === 0 ? ascending : descending },
      }))
      const { reply } = await api.batchQuery(requests)
      assert.deepEqual(
        reply?.responses.map(({ envelopes }) => [
          envelopes[0]?.contentTopic,
          envelopes[0]?.timestampNs,
        ]),
        topics.map((topic, i) => [topic, String(i % 2)]),
      )
      const refused = await api.batchQuery([...requests, { contentTopics: ['x'] }])
      assert.equal(refused.code, 3)
      assert.match(refused.message, /cannot exceed 50 requests in single batch/)
      assert.deepEqual((await api.batchQuery([])).reply?.responses, [])
      assert.notEqual(
        (await api.batchQuery([{ contentTopics: ['x'] }, { contentTopics: [] }])).code,
        0,
      )
    },
  ),
  onEach(
    'no topics are refused, several are merged, one asked twice shows once',
    async (api, world) => {
      const [a, b] = [freshTopic(), freshTopic()]
      await world.publish([envelopeOf(a, '1', 1n), envelopeOf(b, '2', 2n), envelopeOf(a, '3', 3n)])
      const refused = await api.query({ contentTopics: [] })
      assert.deepEqual([refused.code, /content topics required/.test(refused.message)], [3, true])
      assert.deepEqual(timesOf(await page(api, { contentTopics: [a, b, a] })), ['3', '2', '1'])
    },
  ),
  onEach('pages go on after a row of time 0 without loss or repetition', async (api, world) => {
    const topic = freshTopic()
    const early = Array.from({ length: 4 }, (_, i) => envelopeOf(topic, `early ${i}`, 0n))
    const late = Array.from({ length: 20 }, (_, i) => envelopeOf(topic, `late ${i}`, BigInt(i + 1)))
    await world.publish([...early, ...late])
    for (const direction of [ascending, descending]) {
      const pages = await pagesOf(api, { contentTopics: [topic], pagingInfo: { direction } }, 4)
      const got = pages.flatMap(({ envelopes }) => envelopes.map(({ message }) => String(message)))
      assert.deepEqual([got.length, new Set(got).size], [24, 24], direction)
    }
  }),
  onEach('a window with its end before its start is empty', async (api, world) => {
    const topic = freshTopic()
    await world.publish(numbered(topic, 5))
    const none = await page(api, { contentTopics: [topic], startTimeNs: '4', endTimeNs: '2' })
    assert.deepEqual(none.envelopes, [])
  }),
]

function onEach(name: string, story: (api: Api, world: World) => Promise<void>): Check {
  return {
    name: `query: ${name}`,
    run: async (world) => {
      for (const api of world.apis) {
        await story(api, world).catch((error: Error) => {
          throw new Error(`${api.name}: ${error.message}`)
        })
      }
    },
  }
}

function numbered(topic: string, count: number) {
  return Array.from({ length: count }, (_, i) => envelopeOf(topic, `row ${i}`, BigInt(i)))
}

async function page(api: Api, request: QueryRequest): Promise<QueryReply> {
  const { code, message, reply } = await api.query(request)
  if (reply === undefined) throw new Error(`query: ${code} ${message}`)
  return reply
}

async function pagesOf(api: Api, request: QueryRequest, limit: number): Promise<QueryReply[]> {
  const pages: QueryReply[] = []
  for (let cursor: Cursor | undefined; pages.length < 20; ) {
    const paging = { ...request.pagingInfo, limit, ...(cursor === undefined ? {} : { cursor }) }
    const next = await page(api, { ...request, pagingInfo: paging })
    pages.push(next)
    cursor = next.pagingInfo.cursor ?? undefined
    if (cursor === undefined) break
  }
  return pages
}

function timesOf({ envelopes }: QueryReply): string[] {
  return envelopes.map(({ timestampNs }) => String(timestampNs))
}

function digestOf(topic: string, message: Uint8Array): string {
  return createHash('sha256').update(topic).update(message).digest('hex')
}
