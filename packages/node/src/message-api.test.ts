import { randomUUID } from 'node:crypto'
import { maxMessageBytes } from '@posthorn/envelope'
import { type Envelope, SortDirection } from '@posthorn/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient } from './contract/api-client.ts'
import { clientOf, protocols, startTestNode, type TestNode } from './contract/test-node.ts'

const { SORT_DIRECTION_ASCENDING, SORT_DIRECTION_DESCENDING } = SortDirection

let testNode: TestNode

beforeAll(async () => {
  testNode = await startTestNode()
})
afterAll(() => testNode[Symbol.asyncDispose]())

function newTopic(kind = 'test'): string {
  return `/xmtp/0/${kind}-${randomUUID()}/proto`
}

function envelope(contentTopic: string, time: number | bigint, text = `message ${time}`): Envelope {
  return { contentTopic, timestampNs: BigInt(time), message: Buffer.from(text) }
}

function times(envelopes: readonly Envelope[] | undefined): number[] | undefined {
  return envelopes?.map(({ timestampNs }) => Number(timestampNs))
}

async function publishTimes(client: ApiClient, topic: string, stamps: readonly number[]) {
  const outcome = await client.publish(stamps.map((stamp) => envelope(topic, stamp)))
  expect(outcome.status).toBe(0)
}

describe.each(protocols)('message API over %s', (protocol) => {
  const client = (): ApiClient => clientOf(testNode, protocol)

  test('publish is delivered in order and queried newest first', async () => {
    const topic = newTopic()
    const live = await client().subscribe([topic])
    expect(live.isSubscribed).toBe(true)
    const stamps = [3, 1, 2, 9, 5, 8, 7, 4, 6, 10]
    for (const stamp of stamps) await publishTimes(client(), topic, [stamp])
    const received: number[] = []
    while (received.length < 10) {
      const next = await live.next()
      received.push(Number(next?.timestampNs))
    }
    live.cancel()
    expect(received).toEqual(stamps)
    const { reply } = await client().query({ contentTopics: [topic] })
    expect(times(reply?.envelopes)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(reply?.pagingInfo).toEqual({
      limit: 0,
      cursor: undefined,
      direction: SORT_DIRECTION_DESCENDING,
    })
  })

  test('publish of several envelopes is delivered in the order of the request', async () => {
    const topic = newTopic()
    const live = await client().subscribe([topic])
    await publishTimes(client(), topic, [5, 4, 6])
    const received = [await live.next(), await live.next(), await live.next()]
    live.cancel()
    expect(received.map((each) => Number(each?.timestampNs))).toEqual([5, 4, 6])
  })

  test('publish keeps bytes and 64-bit times exactly', async () => {
    const topic = newTopic()
    const message = Uint8Array.from({ length: 256 }, (_, index) => index)
    const timestampNs = 18_446_744_073_709_551_615n
    const sent: Envelope = { contentTopic: topic, timestampNs, message }
    expect((await client().publish([sent])).status).toBe(0)
    const [got] = (await client().query({ contentTopics: [topic] })).reply?.envelopes ?? []
    expect(got?.timestampNs).toBe(timestampNs)
    expect(Buffer.from(got?.message ?? []).equals(message)).toBe(true)
  })

  test.each(['dmE', 'mE'])('%s topics are delivered and never stored', async (kind) => {
    const topic = newTopic(kind)
    const live = await client().subscribe([topic])
    await publishTimes(client(), topic, [1, 1])
    expect(Number((await live.next())?.timestampNs)).toBe(1)
    expect(Number((await live.next())?.timestampNs)).toBe(1)
    live.cancel()
    const { reply } = await client().query({ contentTopics: [topic] })
    expect(reply?.envelopes).toEqual([])
  })

  test('publish of a duplicate is acknowledged and not delivered again', async () => {
    const topic = newTopic()
    const live = await client().subscribe([topic])
    await publishTimes(client(), topic, [1])
    await publishTimes(client(), topic, [1, 1, 2])
    expect(Number((await live.next())?.timestampNs)).toBe(1)
    expect(Number((await live.next())?.timestampNs)).toBe(2)
    live.cancel()
    const { reply } = await client().query({ contentTopics: [topic] })
    expect(times(reply?.envelopes)).toEqual([2, 1])
  })

  test('publish of nothing is fine', async () => {
    expect((await client().publish([])).status).toBe(0)
  })

  test('publish takes a topic of 300 bytes and refuses 301', async () => {
    const topic = 'é'.repeat(150)
    expect((await client().publish([envelope(topic, 1)])).status).toBe(0)
    const refused = await client().publish([envelope(`${topic}x`, 1)])
    expect(refused).toMatchObject({ status: 3, code: 'envelope/topic-too-long' })
    expect(refused.message).toContain('topic length too big')
  })

  test('publish takes the largest message and refuses one byte more', async () => {
    const topic = newTopic()
    const largest = { ...envelope(topic, 1), message: new Uint8Array(maxMessageBytes) }
    expect(maxMessageBytes).toBe(1_048_214)
    expect((await client().publish([largest])).status).toBe(0)
    const over = { ...largest, message: new Uint8Array(maxMessageBytes + 1) }
    const refused = await client().publish([over])
    expect(refused).toMatchObject({ status: 3, code: 'envelope/message-too-big' })
    expect(refused.message).toContain('message too big')
  })

  test('publish with one bad envelope stores none of them', async () => {
    const topic = newTopic()
    const bad = envelope('t'.repeat(301), 2)
    expect((await client().publish([envelope(topic, 1), bad])).status).toBe(3)
    expect((await client().query({ contentTopics: [topic] })).reply?.envelopes).toEqual([])
  })

  test('publish refuses what is too long on ephemeral topics as well, and stores nothing', async () => {
    const topic = newTopic()
    const message = new Uint8Array(maxMessageBytes + 1)
    const bad = { contentTopic: newTopic('mE'), timestampNs: 1n, message }
    expect((await client().publish([envelope(topic, 1), bad])).status).toBe(3)
    expect((await client().query({ contentTopics: [topic] })).reply?.envelopes).toEqual([])
  })

  test('query without topics is refused', async () => {
    const refused = await client().query({})
    expect(refused).toMatchObject({ status: 3, code: 'query/no-topics' })
    expect(refused.message).toContain('content topics required')
  })

  test('query of an unknown topic is empty', async () => {
    const { reply } = await client().query({ contentTopics: [newTopic()] })
    expect(reply?.envelopes).toEqual([])
    expect(reply?.pagingInfo?.cursor).toBeUndefined()
  })

  test('query of more than 100 rows is refused, except 500 of one preferences topic', async () => {
    const ask = (contentTopics: string[], limit: number) =>
      client().query({ contentTopics, pagingInfo: { limit, cursor: undefined, direction: 0 } })
    const preferences = newTopic('userpreferences')
    expect((await ask([newTopic()], 100)).status).toBe(0)
    const refused = await ask([newTopic()], 101)
    expect(refused).toMatchObject({ status: 3, code: 'query/too-many-rows' })
    expect(refused.message).toContain('cannot exceed 100 rows per query')
    expect((await ask([preferences], 500)).status).toBe(0)
    expect((await ask([preferences], 501)).status).toBe(3)
    expect((await ask([preferences, newTopic()], 101)).status).toBe(3)
  })

  test('query pages 3, 3, 1 backwards through a time window', async () => {
    const topic = newTopic()
    await publishTimes(client(), topic, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const window = { contentTopics: [topic], startTimeNs: 2n, endTimeNs: 8n }
    const pages: (number[] | undefined)[] = []
    let cursor: Parameters<typeof nextPage>[0]
    const nextPage = async (
      after: NonNullable<Awaited<ReturnType<ApiClient['query']>>['reply']>['pagingInfo'],
    ) => {
      const { reply } = await client().query({
        ...window,
        pagingInfo: { limit: 3, cursor: after?.cursor, direction: SORT_DIRECTION_DESCENDING },
      })
      pages.push(times(reply?.envelopes))
      return reply?.pagingInfo
    }
    cursor = await nextPage(undefined)
    expect(cursor?.limit).toBe(3)
    cursor = await nextPage(cursor)
    cursor = await nextPage(cursor)
    expect(pages).toEqual([[8, 7, 6], [5, 4, 3], [2]])
    expect(cursor).toEqual({ limit: 0, cursor: undefined, direction: SORT_DIRECTION_DESCENDING })
  })

  test('query pages forward through equal times, one row at a time, and ends with an empty page', async () => {
    const topic = newTopic()
    const texts = ['a', 'b', 'c', 'd']
    await client().publish(texts.map((text) => envelope(topic, 7, text)))
    const seen: string[] = []
    let paging = await client().query({
      contentTopics: [topic],
      pagingInfo: { limit: 1, cursor: undefined, direction: SORT_DIRECTION_ASCENDING },
    })
    for (let page = 0; page < 4; page++) {
      const [only] = paging.reply?.envelopes ?? []
      seen.push(Buffer.from(only?.message ?? []).toString())
      const cursor = paging.reply?.pagingInfo?.cursor
      expect(cursor).toBeDefined()
      paging = await client().query({
        contentTopics: [topic],
        pagingInfo: { limit: 1, cursor, direction: SORT_DIRECTION_ASCENDING },
      })
    }
    expect(paging.reply?.envelopes).toEqual([])
    expect(seen.toSorted()).toEqual(texts)
  })

  test('query with a cursor without digest starts from the beginning', async () => {
    const topic = newTopic()
    await publishTimes(client(), topic, [1, 2, 3])
    const index = { digest: new Uint8Array(0), senderTimeNs: 2n }
    const { reply } = await client().query({
      contentTopics: [topic],
      pagingInfo: {
        limit: 0,
        cursor: { cursor: { $case: 'index', value: index } },
        direction: SORT_DIRECTION_ASCENDING,
      },
    })
    expect(times(reply?.envelopes)).toEqual([1, 2, 3])
  })

  test('query with a cursor of a digest alone compares digests', async () => {
    const topic = newTopic()
    await publishTimes(client(), topic, [1, 2, 3])
    const index = { digest: new Uint8Array(32).fill(0xff), senderTimeNs: 0n }
    const { reply } = await client().query({
      contentTopics: [topic],
      pagingInfo: {
        limit: 0,
        cursor: { cursor: { $case: 'index', value: index } },
        direction: SORT_DIRECTION_ASCENDING,
      },
    })
    expect(reply?.envelopes).toEqual([])
  })

  test('batch query answers 50 queries in their order and directions, and refuses 51', async () => {
    const topic = newTopic()
    await publishTimes(client(), topic, [1, 2])
    const requests = Array.from({ length: 50 }, (_, index) => ({
      contentTopics: [topic],
      startTimeNs: 0n,
      endTimeNs: 0n,
      pagingInfo: {
        limit: 5,
        cursor: undefined,
        direction: index % 2 === 0 ? SORT_DIRECTION_ASCENDING : SORT_DIRECTION_DESCENDING,
      },
    }))
    const { reply } = await client().batchQuery({ requests })
    expect(reply?.responses.map((page) => times(page.envelopes))).toEqual(
      requests.map((_, index) => (index % 2 === 0 ? [1, 2] : [2, 1])),
    )
    const [first] = requests
    const refused = await client().batchQuery({ requests: first ? [...requests, first] : [] })
    expect(refused).toMatchObject({ status: 3, code: 'query/batch-too-large' })
    expect(refused.message).toContain('cannot exceed 50 requests in single batch')
    expect((await client().batchQuery({ requests: [] })).reply?.responses).toEqual([])
  })

  test('batch query is refused as a whole for one bad query', async () => {
    const bad = { contentTopics: [], startTimeNs: 0n, endTimeNs: 0n, pagingInfo: undefined }
    const refused = await client().batchQuery({ requests: [{ ...bad, contentTopics: ['a'] }, bad] })
    expect(refused).toMatchObject({ status: 3, code: 'query/no-topics' })
  })

  test('subscribe-all delivers the topics of the network and no others', async () => {
    const topic = newTopic()
    const live = await client().subscribeAll()
    await publishTimes(client(), `other-${topic}`, [1])
    await publishTimes(client(), topic, [2])
    expect((await live.next())?.contentTopic).toBe(topic)
    live.cancel()
  })

  test('subscribe to * delivers each envelope of the network once', async () => {
    const topic = newTopic()
    const live = await client().subscribe(['*', topic])
    await publishTimes(client(), topic, [1, 2])
    expect(Number((await live.next())?.timestampNs)).toBe(1)
    expect(Number((await live.next())?.timestampNs)).toBe(2)
    live.cancel()
  })

  test('subscribe goes on for one client when another leaves', async () => {
    const topic = newTopic()
    const [leaving, staying] = await Promise.all([
      client().subscribe([topic]),
      client().subscribe([topic]),
    ])
    await publishTimes(client(), topic, [1])
    expect(Number((await leaving.next())?.timestampNs)).toBe(1)
    leaving.cancel()
    await publishTimes(client(), topic, [2])
    expect(Number((await staying.next())?.timestampNs)).toBe(1)
    expect(Number((await staying.next())?.timestampNs)).toBe(2)
    staying.cancel()
  })
})

test('what one protocol publishes, every other delivers', async () => {
  const topic = newTopic()
  const streams = await Promise.all(testNode.clients.map((client) => client.subscribe([topic])))
  for (const [index, client] of testNode.clients.entries()) {
    await publishTimes(client, topic, [index])
  }
  for (const stream of streams) {
    const received = []
    for (const _ of testNode.clients) received.push(Number((await stream.next())?.timestampNs))
    expect(received).toEqual([0, 1, 2, 3])
    stream.cancel()
  }
})
