// What streams carry, and how they begin and end.

import { setTimeout } from 'node:timers/promises'
import type { Live } from '../api.ts'
import { textsOf } from '../bench.ts'
import { type Check, type Subject, skip } from '../check.ts'
import { expectEqual, expectThat } from '../expect.ts'
import { createGrpcApi } from '../grpc-api.ts'

// Long enough for what should not come to come.
const quietMs = 150
const deadlineMs = 400

/** Checks of Subscribe, SubscribeAll and Subscribe2. */
export const streamChecks: readonly Check[] = [
  {
    id: 'stream.subscribed',
    title: 'the header "subscribed: true" comes at once',
    run: async ({ api, bench }) => {
      const live = await bench.listen(api.subscribe([bench.freshTopic()]))
      const headers = live.headers()
      live.cancel()
      const name = api.protocol === 'json' ? 'grpc-metadata-subscribed' : 'subscribed'
      if (headers === undefined && api.protocol !== 'grpc') {
        return skip('headers are held back until the first message, which is allowed')
      }
      expectEqual(name, headers?.[name], 'true')
      return undefined
    },
  },
  {
    id: 'stream.live-only',
    title: 'a stream has no history',
    run: async ({ api, bench }) => {
      const topic = bench.freshTopic()
      await bench.publish(api, [bench.envelope(topic, 'before')])
      const live = await bench.listen(api.subscribe([topic]))
      await setTimeout(quietMs)
      await bench.publish(api, [bench.envelope(topic, 'after')])
      await hears(live, ['after'], bench.timeoutMs)
      return undefined
    },
  },
  {
    id: 'stream.own-topics',
    title: 'a stream has the topics that it asked for, and no others',
    run: async ({ api, bench }) => {
      const [a, b, other] = [bench.freshTopic(), bench.freshTopic(), bench.freshTopic()]
      const live = await bench.listen(api.subscribe([a, b]))
      await bench.publish(api, [bench.envelope(other, 'no')])
      await bench.publish(api, [bench.envelope(a, 'a')])
      await live.take(1, bench.timeoutMs)
      await bench.publish(api, [bench.envelope(b, 'b')])
      await hears(live, ['a', 'b'], bench.timeoutMs)
      return undefined
    },
  },
  {
    id: 'stream.many-topics',
    title: 'a stream of a thousand topics carries the last of them',
    run: async ({ api, bench }) => {
      const topics = Array.from({ length: 1_000 }, () => bench.freshTopic())
      const live = await bench.listen(api.subscribe(topics))
      await bench.publish(api, [bench.envelope(topics.at(-1) ?? '', 'here')])
      await hears(live, ['here'], bench.timeoutMs)
      return undefined
    },
  },
  {
    id: 'stream.all',
    title: 'SubscribeAll carries topics under /xmtp/0/ and no foreign ones',
    run: async ({ api, bench }) => {
      const live = await bench.listen(api.subscribeAll())
      const topic = bench.freshTopic()
      const foreign = `/conformance${topic}`
      await bench.publish(api, [bench.envelope(foreign, 'foreign')])
      await bench.publish(api, [bench.envelope(topic, 'ours')])
      const untilMs = bench.nowMs() + bench.timeoutMs
      const has = (wanted: string) =>
        live.received.some(({ contentTopic }) => contentTopic === wanted)
      while (!has(topic) && bench.nowMs() < untilMs) await setTimeout(20)
      live.cancel()
      expectEqual(
        'heard',
        { ours: has(topic), foreign: has(foreign) },
        { ours: true, foreign: false },
      )
      return undefined
    },
  },
  {
    id: 'stream.close-one',
    title: 'a client that closes one stream keeps the others',
    run: async ({ api, bench }) => {
      const topic = bench.freshTopic()
      const [first, second] = [api.subscribe([topic]), api.subscribe([topic])]
      await Promise.all([bench.listen(first), bench.listen(second)])
      first.cancel()
      await setTimeout(quietMs)
      await bench.publish(api, [bench.envelope(topic, 'still here')])
      await hears(second, ['still here'], bench.timeoutMs)
      return undefined
    },
  },
  {
    id: 'stream.resubscribe',
    title: 'a client that comes back hears what is sent from then on',
    run: async ({ api, bench }) => {
      const topic = bench.freshTopic()
      for (const text of ['first', 'second']) {
        const live = await bench.listen(api.subscribe([topic]))
        await bench.publish(api, [bench.envelope(topic, text)])
        await hears(live, [text], bench.timeoutMs)
      }
      return undefined
    },
  },
  {
    id: 'stream.burst',
    title: 'a reader that keeps up misses nothing of a hundred envelopes',
    run: async ({ api, bench }) => {
      const topic = bench.freshTopic()
      const live = await bench.listen(api.subscribe([topic]))
      const texts = Array.from({ length: 100 }, (_, i) => `${i}`)
      const sent = texts.map((text) => bench.envelope(topic, text))
      await Promise.all(
        [0, 25, 50, 75].map((start) => bench.publish(api, sent.slice(start, start + 25))),
      )
      const got = await live.take(texts.length, bench.timeoutMs)
      live.cancel()
      expectEqual('texts, sorted', [...textsOf(got)].sort(), [...texts].sort())
      return undefined
    },
  },
  {
    id: 'stream.deadline',
    title: 'a stream ends with code 4 when its deadline has passed',
    run: async ({ api, bench }) => {
      const live = await bench.listen(api.subscribe([bench.freshTopic()], { deadlineMs }))
      const late = setTimeout(bench.timeoutMs, undefined)
      const ended = await Promise.race([live.ended, late])
      live.cancel()
      expectEqual('code', { code: ended?.code }, { code: 4 })
      return undefined
    },
  },
  {
    id: 'stream.replace',
    title: 'Subscribe2 replaces its topics with each request',
    protocols: ['grpc'],
    run: replacesTopics,
  },
]

async function replacesTopics({ api, bench }: Subject): Promise<undefined> {
  await using grpc = createGrpcApi(bench.urls.grpc, bench.timeoutMs)
  const [old, kept] = [bench.freshTopic(), bench.freshTopic()]
  const live = grpc.subscribe2()
  live.write([old])
  await live.ready
  await untilHeard({ api, bench }, live, old)
  live.write([kept])
  await untilHeard({ api, bench }, live, kept)
  await bench.publish(api, [bench.envelope(old, 'gone')])
  await bench.publish(api, [bench.envelope(kept, 'last')])
  await until(bench, () => textsOf(live.received).includes('last'))
  expectThat('nothing of a replaced topic', !textsOf(live.received).includes('gone'), 'gone')
  live.finish()
  const ended = await Promise.race([live.ended, setTimeout(bench.timeoutMs, undefined)])
  expectEqual('code at the end', { code: ended?.code }, { code: 0 })
  return undefined
}

// Nothing says when a change of topics is in force.
async function untilHeard({ api, bench }: Subject, live: Live, topic: string): Promise<void> {
  const isHeard = () => live.received.some(({ contentTopic }) => contentTopic === topic)
  const untilMs = bench.nowMs() + bench.timeoutMs
  while (!isHeard() && bench.nowMs() < untilMs) {
    await bench.publish(api, [bench.envelope(topic, 'hello')])
    await setTimeout(quietMs)
  }
  expectThat('an envelope of the topics asked for', isHeard(), 'nothing')
}

async function until(bench: Subject['bench'], holds: () => boolean): Promise<void> {
  const untilMs = bench.nowMs() + bench.timeoutMs
  while (!holds() && bench.nowMs() < untilMs) await setTimeout(20)
  expectThat('the last envelope', holds(), 'nothing')
}

async function hears(live: Live, texts: readonly string[], timeoutMs: number): Promise<void> {
  const got = await live.take(texts.length, timeoutMs)
  live.cancel()
  expectEqual('texts on the stream', textsOf(got), texts)
}
