// What a publish keeps, delivers and refuses.

import type { Envelope } from '../api.ts'
import { digestOf, requireUnlimited, textsOf, timesOf } from '../bench.ts'
import type { Check, Subject } from '../check.ts'
import { expectEqual, expectMatch } from '../expect.ts'

const maxTopicBytes = 300
const maxMessageBytes = 1_048_214

/** Checks of Publish. */
export const publishChecks: readonly Check[] = [
  {
    id: 'publish.round-trip',
    title: 'ten envelopes reach a live stream and a query, unchanged',
    run: async ({ api, bench }) => {
      const topic = bench.freshTopic()
      const sent = Array.from({ length: 10 }, (_, i) => bench.envelope(topic, `text ${i}`))
      const live = await bench.listen(api.subscribe([topic]))
      await bench.publish(api, sent)
      const got = await live.take(sent.length, bench.timeoutMs)
      live.cancel()
      expectEqual('envelopes on the stream', sorted(got), sorted(sent))
      const { envelopes } = await bench.page(api, { contentTopics: [topic] })
      expectEqual('envelopes of the query', sorted(envelopes), sorted(sent))
      return undefined
    },
  },
  {
    id: 'publish.empty',
    title: 'a publish of nothing is fine',
    run: async ({ api, bench }) => {
      await bench.publish(api, [])
      return undefined
    },
  },
  {
    id: 'publish.duplicate',
    title: 'the same envelope twice is acknowledged twice and kept once',
    run: async ({ api, bench }) => {
      const twin = bench.envelope(bench.freshTopic(), 'twin')
      await bench.publish(api, [twin])
      await bench.publish(api, [twin])
      const { envelopes } = await bench.page(api, { contentTopics: [twin.contentTopic] })
      expectEqual('texts kept', textsOf(envelopes), ['twin'])
      return undefined
    },
  },
  {
    id: 'publish.same-bytes',
    title: 'the same bytes at another time are another envelope',
    run: async ({ api, bench }) => {
      const topic = bench.freshTopic()
      await bench.publish(api, [
        bench.envelope(topic, 'same', 1n),
        bench.envelope(topic, 'same', 2n),
      ])
      const { envelopes } = await bench.page(api, { contentTopics: [topic] })
      expectEqual('times kept', timesOf(envelopes), ['2', '1'])
      return undefined
    },
  },
  ...[
    ['v1', 'dmE', 'v1-conversation'],
    ['v2', 'mE', 'v2-conversation'],
  ].map(
    ([version, prefix, category]): Check => ({
      id: `publish.ephemeral-${version}`,
      title: `an envelope of an ephemeral ${category} topic is delivered and not kept`,
      run: (subject) => isPassing(subject, prefix ?? ''),
    }),
  ),
  {
    id: 'publish.topic-unicode',
    title: 'any text is a topic',
    run: async ({ api, bench }) => {
      const topic = `${bench.freshTopic()} é 💌`
      await bench.publish(api, [bench.envelope(topic, 'here')])
      const { envelopes } = await bench.page(api, { contentTopics: [topic] })
      expectEqual('texts kept', textsOf(envelopes), ['here'])
      return undefined
    },
  },
  {
    id: 'publish.topic-longest',
    title: 'a topic of 300 bytes is taken',
    run: async ({ api, bench }) => {
      await bench.publish(api, [bench.envelope(topicOf(bench.freshTopic(), maxTopicBytes), 'm')])
      return undefined
    },
  },
  {
    id: 'publish.topic-too-long',
    title: 'a topic of 301 bytes is refused with code 3 and "topic length too big"',
    run: (subject) => {
      const { bench } = subject
      const topic = topicOf(bench.freshTopic(), maxTopicBytes + 1)
      return isRefused(subject, bench.envelope(topic, 'm'), /topic length too big/)
    },
  },
  {
    id: 'publish.message-largest',
    title: 'a message of 1,048,214 bytes is taken and comes back whole',
    run: async ({ api, bench }) => {
      const envelope = ofSize(bench.freshTopic(), maxMessageBytes)
      await bench.publish(api, [envelope])
      const { envelopes } = await bench.page(api, { contentTopics: [envelope.contentTopic] })
      expectEqual('digest', envelopes.map(digestOf), [digestOf(envelope)])
      return undefined
    },
  },
  {
    id: 'publish.message-too-large',
    title: 'a message of 1,048,215 bytes is refused with code 3 and "message too big"',
    run: (subject) => {
      const envelope = ofSize(subject.bench.freshTopic(), maxMessageBytes + 1)
      return isRefused(subject, envelope, /message too big/)
    },
  },
]

async function isPassing({ api, bench }: Subject, prefix: string): Promise<undefined> {
  const topic = bench.freshTopic(prefix)
  const live = await bench.listen(api.subscribe([topic]))
  await bench.publish(api, [bench.envelope(topic, 'passing')])
  const got = await live.take(1, bench.timeoutMs)
  live.cancel()
  expectEqual('texts on the stream', textsOf(got), ['passing'])
  const { envelopes } = await bench.page(api, { contentTopics: [topic] })
  expectEqual('texts kept', textsOf(envelopes), [])
  return undefined
}

async function isRefused(
  { api, bench }: Subject,
  envelope: Envelope,
  text: RegExp,
): Promise<undefined> {
  const { code, message } = await api.publish([envelope], bench.account.bearer())
  requireUnlimited(code, message)
  expectEqual('code', { code }, { code: 3 })
  expectMatch('message', message, text)
  return undefined
}

function sorted(envelopes: readonly Envelope[]): readonly unknown[] {
  return envelopes
    .map((each) => `${each.contentTopic} ${each.timestampNs} ${digestOf(each)}`)
    .sort()
}

function topicOf(start: string, bytes: number): string {
  return start.padEnd(bytes, 'x')
}

function ofSize(contentTopic: string, bytes: number): Envelope {
  return { contentTopic, timestampNs: 1n, message: new Uint8Array(bytes).fill(0xa5) }
}
