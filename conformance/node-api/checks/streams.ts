// Live streams: headers at once, what is on them, how they go on and end.

import assert from 'node:assert/strict'
import { type Check, sleep, within } from '../check.ts'
import { createGrpcClient } from '../grpc-client.ts'
import { decodePieces, frame, framesOf } from '../grpc-web-client.ts'
import { openLines } from '../http-client.ts'
import { type Envelope, envelope, subscribeRequest } from '../messages.ts'
import { envelopeOf, freshTopic } from '../world.ts'

const subscribed = (headers: { get(name: string): unknown[] }): unknown =>
  headers.get('subscribed')[0]
const textOf = ({ message }: Envelope): string => Buffer.from(message).toString()

export const streamChecks: readonly Check[] = [
  {
    name: 'stream: headers of an idle topic come at once, over every protocol',
    run: async ({ url, grpc }) => {
      for (const rpc of ['Subscribe', 'SubscribeAll']) {
        const stream = grpc.stream(rpc, { contentTopics: [freshTopic()] })
        assert.equal(subscribed(await within(1_000, rpc, stream.headers)), 'true')
        stream.call.cancel()
      }
      const body = { contentTopics: [freshTopic()] }
      for (const path of ['subscribe', 'subscribe-all']) {
        const opening = openLines(`${url}/message/v1/${path}`, body)
        const { response, close } = await within(1_000, path, opening)
        assert.equal(response.status, 200)
        assert.equal(response.headers.get('content-type'), 'application/json')
        assert.equal(response.headers.get('grpc-metadata-subscribed'), 'true')
        assert.equal(response.headers.get('transfer-encoding'), 'chunked')
        close()
      }
    },
  },
  {
    name: 'stream: JSON lines are results, and idle ones are kept alive by empty results alone',
    run: async ({ url, publish }) => {
      const topic = freshTopic()
      const stream = await openLines(`${url}/message/v1/subscribe`, { contentTopics: [topic] })
      assert.equal(await within(4_000, 'keep-alive', stream.line()), '{"result":{}}')
      await publish([envelopeOf(topic, 'a', 5n)])
      const line = JSON.parse((await within(1_000, 'line', stream.line())) ?? '')
      assert.deepEqual(line, { result: { contentTopic: topic, timestampNs: '5', message: 'YQ==' } })
      stream.close()
    },
  },
  {
    name: 'stream: gRPC-Web streams, binary and text, come frame by frame',
    run: async ({ url, publish }) => {
      for (const isText of [false, true]) {
        const topic = freshTopic()
        const request = frame(subscribeRequest.encode({ contentTopics: [topic] }))
        const abort = new AbortController()
        const opening = fetch(`${url}/xmtp.message_api.v1.MessageApi/Subscribe`, {
          method: 'POST',
          headers: { 'content-type': `application/grpc-web${isText ? '-text' : ''}` },
          body: isText ? request.toString('base64') : (request as Uint8Array<ArrayBuffer>),
          signal: abort.signal,
        })
        const response = await within(1_000, 'headers', opening)
        assert.equal(response.headers.get('subscribed'), 'true')
        const reader = response.body?.getReader()
        for (const text of ['one', 'two']) {
          await publish([envelopeOf(topic, text)])
          const chunk = Buffer.from(
            ((await within(1_000, text, reader?.read() as never)) as { value: Uint8Array }).value,
          )
          const [got] = framesOf(isText ? decodePieces(chunk.toString()) : chunk)
          assert.equal(textOf(envelope.decode(got?.message ?? Buffer.alloc(0))), text)
        }
        abort.abort()
      }
    },
  },
  {
    name: 'stream: the topic * and SubscribeAll carry /xmtp/0/ and nothing else',
    run: async ({ grpc, publish }) => {
      const topic = freshTopic()
      const streams = [
        grpc.stream<Envelope>('Subscribe', { contentTopics: ['*'] }),
        grpc.stream<Envelope>('SubscribeAll', {}),
      ]
      for (const { headers } of streams) await headers
      await publish([
        envelopeOf('/other/topic', 'no'),
        envelopeOf(topic, 'yes'),
        envelopeOf(freshTopic('mE'), 'passing'),
        envelopeOf('/xmtp/1/x', 'no'),
        envelopeOf(topic, 'end'),
      ])
      for (const stream of streams) {
        const got = await within(2_000, 'stream', stream.count(3))
        assert.deepEqual(got.map(textOf).slice(-3), ['yes', 'passing', 'end'])
        stream.call.cancel()
      }
    },
  },
  {
    name: 'stream: Subscribe2 replaces its topics and misses nothing of those that stay',
    run: async ({ grpc, publish }) => {
      const [a, b, c] = [freshTopic(), freshTopic(), freshTopic()]
      const stream = grpc.stream<Envelope>('Subscribe2')
      stream.call.write({ contentTopics: [a, b] })
      await within(1_000, 'headers', stream.headers)
      await untilHeard(stream, () => publish([envelopeOf(a, 'hello')]))
      const seen = stream.received.length
      stream.call.write({ contentTopics: [b, c] })
      for (let i = 0; i < 20; i++) await publish([envelopeOf(b, `b${i}`)])
      await publish([envelopeOf(a, 'a'), envelopeOf(c, 'c')])
      const got = await within(2_000, 'stream', stream.count(seen + 21))
      const texts = got.slice(seen).map(textOf)
      assert.deepEqual(texts, [...Array.from({ length: 20 }, (_, i) => `b${i}`), 'c'])
      stream.call.end()
      assert.equal((await within(2_000, 'status', stream.status)).code, 0)
    },
  },
  {
    name: 'stream: Subscribe2 has its headers before the first request',
    run: async ({ grpc }) => {
      const stream = grpc.stream<Envelope>('Subscribe2')
      assert.equal(subscribed(await within(1_000, 'headers', stream.headers)), 'true')
      stream.call.cancel()
    },
  },
  {
    name: 'stream: a topic asked for twice is delivered once; many topics and none are fine',
    run: async ({ grpc, publish }) => {
      const topic = freshTopic()
      const many = Array.from({ length: 20_000 }, (_, i) => `${topic}/${i}`)
      const stream = grpc.stream<Envelope>('Subscribe', { contentTopics: [topic, ...many, topic] })
      const none = grpc.stream<Envelope>('Subscribe', { contentTopics: [] })
      await Promise.all([stream.headers, none.headers])
      await publish([envelopeOf(topic, 'once'), envelopeOf(`${topic}/7`, 'end')])
      const got = await within(2_000, 'stream', stream.count(2))
      assert.deepEqual(got.map(textOf), ['once', 'end'])
      assert.deepEqual(none.received, [])
      stream.call.cancel()
      none.call.cancel()
    },
  },
  {
    name: 'stream: of 200 streams, half are cut off and the others get everything in order',
    run: async ({ node, publish }) => {
      const topic = freshTopic()
      const clients = Array.from({ length: 200 }, () => createGrpcClient(`127.0.0.1:${node.port}`))
      const streams = clients.map((client) =>
        client.stream<Envelope>('Subscribe', { contentTopics: [topic] }),
      )
      await within(10_000, 'headers', Promise.all(streams.map(({ headers }) => headers)))
      const wanted = Array.from({ length: 60 }, (_, i) => String(i))
      for (const text of wanted) {
        await publish([envelopeOf(topic, text)])
        if (text === '20')
          for (const [i, client] of clients.entries()) if (i % 2 === 0) client.close()
        if (text === '30')
          for (const [i, { call }] of streams.entries()) if (i % 2 === 0) call.cancel()
      }
      for (const [i, stream] of streams.entries()) {
        if (i % 2 === 0) continue
        const got = await within(5_000, `stream ${i}`, stream.count(60))
        assert.deepEqual(got.map(textOf), wanted)
      }
      for (const client of clients) client.close()
    },
  },
  {
    name: 'stream: a reader that keeps up gets a burst of ten publishes of 200 whole',
    run: async ({ grpc, publish }) => {
      const topic = freshTopic()
      const stream = grpc.stream<Envelope>('Subscribe', { contentTopics: [topic] })
      await stream.headers
      const bursts = Array.from({ length: 10 }, (_, burst) =>
        Array.from({ length: 200 }, (_, i) => envelopeOf(topic, `${burst}/${i}`)),
      )
      await Promise.all(bursts.map(publish))
      const ended = stream.status.then(({ code }) => {
        throw new Error(`ended with ${code} after ${stream.received.length} of 2000`)
      })
      await within(5_000, 'burst', Promise.race([stream.count(2_000), ended]))
      stream.call.cancel()
      await ended.catch(() => {})
    },
  },
  {
    name: 'stream: one that is not read for a while loses nothing that it had room for',
    run: async ({ grpc, publish }) => {
      const topic = freshTopic()
      const [slow, quick] = ['slow', 'quick'].map(() =>
        grpc.stream<Envelope>('Subscribe', { contentTopics: [topic] }),
      )
      if (slow === undefined || quick === undefined) throw new Error('no streams')
      await Promise.all([slow.headers, quick.headers])
      slow.call.pause()
      for (let i = 0; i < 200; i++) await publish([envelopeOf(topic, Buffer.alloc(10_000, i))])
      await within(3_000, 'quick', quick.count(200))
      await sleep(1_000)
      slow.call.resume()
      const got = await within(5_000, 'slow', slow.count(200))
      assert.deepEqual(
        got.map(({ message }) => Buffer.from(message)[0]),
        Array.from({ length: 200 }, (_, i) => i),
      )
      slow.call.cancel()
      quick.call.cancel()
    },
  },
]

async function untilHeard(
  stream: { received: unknown[] },
  speak: () => Promise<void>,
): Promise<void> {
  while (stream.received.length === 0) {
    await speak()
    await sleep(50)
  }
}
