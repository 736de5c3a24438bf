// What a publish keeps, refuses and delivers, the same over every protocol.

import assert from 'node:assert/strict'
import type { Api } from '../api.ts'
import { type Check, within } from '../check.ts'
import type { Envelope } from '../messages.ts'
import { envelopeOf, freshTopic, type World } from '../world.ts'

export const publishingChecks: readonly Check[] = [
  onEach('ten envelopes of one publish reach a live stream in their order', async (api, world) => {
    const topic = freshTopic()
    const stream = world.grpc.stream<Envelope>('Subscribe', { contentTopics: [topic] })
    await stream.headers
    const sent = Array.from({ length: 10 }, (_, i) => envelopeOf(topic, `${i}`, BigInt(10 - i)))
    await accepted(api, world, sent)
    const got = await within(3_000, 'stream', stream.count(10))
    assert.deepEqual(got.map(textOf), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    stream.call.cancel()
  }),
  onEach(
    'the same bytes twice are acknowledged twice, kept once and delivered once',
    async (api, world) => {
      const topic = freshTopic()
      const stream = world.grpc.stream<Envelope>('Subscribe', { contentTopics: [topic] })
      await stream.headers
      const twin = envelopeOf(topic, 'twin', 7n)
      await accepted(api, world, [twin, twin])
      await accepted(api, world, [twin])
      await accepted(api, world, [{ ...twin, timestampNs: '8' }, envelopeOf(topic, 'end', 9n)])
      const got = await within(3_000, 'stream', stream.count(3))
      assert.deepEqual(got.map(textOf), ['twin', 'twin', 'end'])
      assert.deepEqual(await storedTimes(api, topic), ['9', '8', '7'])
      stream.call.cancel()
    },
  ),
  onEach('ephemeral topics are delivered, each time, and never kept', async (api, world) => {
    for (const topic of [freshTopic('mE'), freshTopic('dmE-0xA')]) {
      const stream = world.grpc.stream<Envelope>('Subscribe', { contentTopics: [topic] })
      await stream.headers
      const envelope = envelopeOf(topic, 'passing', 1n)
      await accepted(api, world, [envelope])
      await accepted(api, world, [envelope])
      await within(3_000, 'stream', stream.count(2))
      assert.deepEqual(await storedTimes(api, topic), [])
      stream.call.cancel()
    }
  }),
  onEach(
    'any text is a topic: empty, NUL, unicode, foreign prefixes, 300 bytes',
    async (api, world) => {
      const unique = freshTopic()
      const wide = 'é'.repeat(150)
      for (const topic of [
        '',
        '\0',
        `${unique}\0x`,
        `${unique} 💌`,
        'x',
        '/xmtp/0/',
        wide,
        'y'.repeat(300),
      ]) {
        const time = BigInt(Math.floor(Math.random() * 2 ** 50))
        await accepted(api, world, [envelopeOf(topic, 'm', time)])
        assert.ok((await storedTimes(api, topic)).includes(String(time)), JSON.stringify(topic))
      }
    },
  ),
  onEach('messages of 0 and of 1,048,214 bytes are kept whole', async (api, world) => {
    for (const message of [Buffer.alloc(0), Buffer.alloc(1_048_214, 0xa5)]) {
      const topic = freshTopic()
      await accepted(api, world, [envelopeOf(topic, message)])
      const { reply } = await api.query({ contentTopics: [topic] })
      assert.ok(message.equals(Buffer.from(reply?.envelopes[0]?.message ?? 'no')))
    }
  }),
  onEach('one bad envelope in a publish keeps nothing of it', async (api, world) => {
    const bad: [number, RegExp, Envelope][] = [
      [3, /topic length too big/, envelopeOf('z'.repeat(301))],
      [3, /topic length too big/, envelopeOf('é'.repeat(151))],
      [3, /message too big/, envelopeOf(freshTopic(), Buffer.alloc(1_048_215))],
      [
        7,
        /publishing to restricted topic/,
        envelopeOf('/xmtp/0/privatestore-0x1/key_bundle/proto'),
      ],
    ]
    for (const [code, text, envelope] of bad) {
      const topic = freshTopic()
      const envelopes = [envelopeOf(topic), envelope, envelopeOf(topic)]
      const outcome = await api.publish(envelopes, world.account.bearer())
      assert.equal(outcome.code, code)
      assert.match(outcome.message, text)
      assert.deepEqual(await storedTimes(api, topic), [])
    }
  }),
  {
    name: 'publish: an empty list is fine with a token, over every protocol',
    run: async (world) => {
      for (const api of world.apis) await accepted(api, world, [])
    },
  },
]

function onEach(name: string, story: (api: Api, world: World) => Promise<void>): Check {
  return {
    name: `publish: ${name}`,
    run: async (world) => {
      for (const api of world.apis) {
        await story(api, world).catch((error: Error) => {
          throw new Error(`${api.name}: ${error.message}`)
        })
      }
    },
  }
}

async function accepted(api: Api, world: World, envelopes: readonly Envelope[]): Promise<void> {
  const { code, message } = await api.publish(envelopes, world.account.bearer())
  assert.deepEqual([code, message], [0, ''])
}

async function storedTimes(api: Api, topic: string): Promise<string[]> {
  const { reply } = await api.query({ contentTopics: [topic] })
  return (reply?.envelopes ?? []).map(({ timestampNs }) => String(timestampNs))
}

function textOf({ message }: Envelope): string {
  return Buffer.from(message).toString()
}
