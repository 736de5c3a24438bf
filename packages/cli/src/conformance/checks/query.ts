// Order, windows, pages and limits of Query.

import type { Api, Direction, Page, Query } from '../api.ts'
import { type Bench, digestOf, timesOf } from '../bench.ts'
import type { Check, Subject } from '../check.ts'
import { expectEqual, expectMatch } from '../expect.ts'

const maxPages = 12

/** Checks of Query. */
export const queryChecks: readonly Check[] = [
  {
    id: 'query.no-topics',
    title: 'a query without topics is refused with code 3 and "content topics required"',
    run: (subject) => isRefused(subject, { contentTopics: [] }, /content topics required/),
  },
  {
    id: 'query.unknown-topic',
    title: 'a topic that nobody wrote to is an empty page',
    run: async ({ api, bench }) => {
      const { envelopes, cursor } = await bench.page(api, { contentTopics: [bench.freshTopic()] })
      expectEqual('page', { envelopes, cursor }, { envelopes: [], cursor: undefined })
      return undefined
    },
  },
  {
    id: 'query.descending',
    title: 'newest first when no direction is given, and so says the answer',
    run: async (subject) => {
      const { envelopes, direction } = await ask(subject, await written(subject, 3))
      expectEqual('times', timesOf(envelopes), ['3', '2', '1'])
      expectEqual('direction', direction, 'descending')
      return undefined
    },
  },
  {
    id: 'query.ascending',
    title: 'oldest first when asked for',
    run: async (subject) => {
      const topic = await written(subject, 3)
      const { envelopes, direction } = await ask(subject, topic, { direction: 'ascending' })
      expectEqual('times', timesOf(envelopes), ['1', '2', '3'])
      expectEqual('direction', direction, 'ascending')
      return undefined
    },
  },
  {
    id: 'query.window',
    title: 'a window has both its ends in it, and comes in pages of 3, 3 and 1',
    run: async (subject) => {
      const query = { startTimeNs: 2n, endTimeNs: 8n, limit: 3 }
      const pages = await allPages(subject, await written(subject, 9), query)
      expectEqual('times', pages.map(timesIn), [['8', '7', '6'], ['5', '4', '3'], ['2']])
      return undefined
    },
  },
  {
    id: 'query.single-rows',
    title: 'pages of one row go through everything, forward and backward',
    run: async (subject) => {
      const topic = await written(subject, 3)
      for (const direction of ['ascending', 'descending'] as const) {
        const pages = await allPages(subject, topic, { direction, limit: 1 })
        const expected = direction === 'ascending' ? ['1', '2', '3'] : ['3', '2', '1']
        expectEqual(`times ${direction}`, pages.flatMap(timesIn), expected)
      }
      return undefined
    },
  },
  {
    id: 'query.last-page',
    title: 'a page that is not full has no cursor and says limit 0',
    run: async (subject) => {
      const { cursor, limit } = await ask(subject, await written(subject, 2), { limit: 3 })
      expectEqual('paging', { cursor, limit }, { cursor: undefined, limit: 0 })
      return undefined
    },
  },
  {
    id: 'query.full-page',
    title: 'a full page has a cursor and its limit, the empty page after it none',
    run: async (subject) => {
      const pages = await allPages(subject, await written(subject, 4), { limit: 2 })
      expectEqual('times', pages.map(timesIn), [['4', '3'], ['2', '1'], []])
      expectEqual(
        'limits',
        pages.map(({ limit }) => limit),
        [2, 2, 0],
      )
      return undefined
    },
  },
  {
    id: 'query.cursor',
    title: 'the cursor is time and digest of the last row',
    run: async (subject) => {
      const { cursor, envelopes } = await ask(subject, await written(subject, 3), { limit: 2 })
      const digest = Buffer.from(cursor?.digest ?? []).toString('hex')
      const found = { digest, senderTimeNs: cursor?.senderTimeNs }
      const [, last] = envelopes
      expectEqual('cursor', found, { digest: last && digestOf(last), senderTimeNs: '2' })
      return undefined
    },
  },
  ...(['ascending', 'descending'] as const).map(
    (direction): Check => ({
      id: `query.ties-${direction}`,
      title: `envelopes of one time are ordered and paged by digest, ${direction}`,
      run: (subject) => areTiesInOrder(subject, direction),
    }),
  ),
  {
    id: 'query.cursor-without-digest',
    title: 'a cursor without digest filters nothing',
    run: async (subject) => {
      const topic = await written(subject, 3)
      for (const cursor of [{}, { senderTimeNs: 2n }]) {
        const { envelopes } = await ask(subject, topic, { cursor, direction: 'ascending' })
        expectEqual('times', timesOf(envelopes), ['1', '2', '3'])
      }
      return undefined
    },
  },
  {
    id: 'query.several-topics',
    title: 'several topics are merged by time; one named twice counts once',
    run: async ({ api, bench }) => {
      const [a, b] = [bench.freshTopic(), bench.freshTopic()]
      const rows = [a, b, a].map((topic, i) => bench.envelope(topic, `${i}`, BigInt(i + 1)))
      await bench.publish(api, rows)
      const { envelopes } = await bench.page(api, { contentTopics: [a, b, a] })
      expectEqual('times', timesOf(envelopes), ['3', '2', '1'])
      return undefined
    },
  },
  {
    id: 'query.default-limit',
    title: 'without a limit a page has 100 rows',
    run: async (subject) => {
      const { envelopes, limit, cursor } = await ask(subject, await written(subject, 101))
      const found = { rows: envelopes.length, limit, isCut: cursor !== undefined }
      expectEqual('page', found, { rows: 100, limit: 100, isCut: true })
      return undefined
    },
  },
  {
    id: 'query.too-many-rows',
    title: 'more than 100 rows are refused with code 3',
    run: (subject) => {
      const query = { contentTopics: [subject.bench.freshTopic()], limit: 101 }
      return isRefused(subject, query, /cannot exceed 100 rows per query/)
    },
  },
  {
    id: 'query.preferences-rows',
    title: 'of one preferences topic 500 rows may be asked for, not 501',
    run: async (subject) => {
      const topic = subject.bench.freshTopic('userpreferences')
      await ask(subject, topic, { limit: 500 })
      return isRefused(subject, { contentTopics: [topic], limit: 501 }, /cannot exceed \d+ rows/)
    },
  },
]

async function areTiesInOrder(subject: Subject, direction: Direction): Promise<undefined> {
  const { api, bench } = subject
  const topic = bench.freshTopic()
  const tied = Array.from({ length: 5 }, (_, i) => bench.envelope(topic, `tie ${i}`, 5n))
  await bench.publish(api, tied)
  const pages = await allPages(subject, topic, { direction, limit: 2 })
  const ordered = tied.map(digestOf).sort()
  const got = pages.flatMap(({ envelopes }) => envelopes.map(digestOf))
  expectEqual('digests', got, direction === 'ascending' ? ordered : ordered.toReversed())
  return undefined
}

async function isRefused({ api }: Subject, query: Query, text: RegExp): Promise<undefined> {
  const { code, message } = await api.query(query)
  expectEqual('code', { code }, { code: 3 })
  expectMatch('message', message, text)
  return undefined
}

const topicsWritten = new WeakMap<Bench, Map<number, Promise<string>>>()

// A topic with rows of the times 1 to `count`, the same one for all protocols.
function written({ api, bench }: Subject, count: number): Promise<string> {
  const ofBench = topicsWritten.get(bench) ?? new Map<number, Promise<string>>()
  topicsWritten.set(bench, ofBench)
  const known = ofBench.get(count)
  if (known !== undefined) return known
  const writing = writeRows(api, bench, count)
  ofBench.set(count, writing)
  writing.catch(() => ofBench.delete(count))
  return writing
}

async function writeRows(api: Api, bench: Bench, count: number): Promise<string> {
  const topic = bench.freshTopic()
  const rows = Array.from({ length: count }, (_, i) =>
    bench.envelope(topic, `row ${i + 1}`, BigInt(i + 1)),
  )
  await bench.publish(api, rows)
  return topic
}

function ask({ api, bench }: Subject, topic: string, query: Partial<Query> = {}): Promise<Page> {
  return bench.page(api, { ...query, contentTopics: [topic] })
}

async function allPages(
  subject: Subject,
  topic: string,
  query: Partial<Query>,
): Promise<readonly Page[]> {
  const pages = [await ask(subject, topic, query)]
  for (let cursor = pages[0]?.cursor; cursor !== undefined && pages.length < maxPages; ) {
    const page = await ask(subject, topic, { ...query, cursor })
    pages.push(page)
    cursor = page.cursor
  }
  return pages
}

function timesIn({ envelopes }: Page): readonly string[] {
  return timesOf(envelopes)
}
