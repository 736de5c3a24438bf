// What gRPC clients rely on beside the calls themselves.

import assert from 'node:assert/strict'
import { type Check, within } from '../check.ts'
import { createGrpcClient } from '../grpc-client.ts'
import type { Envelope, QueryReply } from '../messages.ts'
import { envelopeOf, freshTopic } from '../world.ts'

export const grpcChecks: readonly Check[] = [
  {
    name: 'grpc: health is served, unknown services are not found, watch goes on',
    run: async ({ grpc }) => {
      for (const service of ['', 'xmtp.message_api.v1.MessageApi']) {
        const { code, reply } = await grpc.unary<{ status: number }>('Check', { service })
        assert.deepEqual([code, reply?.status], [0, 1], service)
      }
      assert.equal((await grpc.unary('Check', { service: 'nothing' })).code, 5)
      const watch = grpc.stream<{ status: number }>('Watch', { service: '' })
      assert.deepEqual(await within(1_000, 'watch', watch.count(1)), [{ status: 1 }])
      watch.call.cancel()
      const unknown = grpc.stream<{ status: number }>('Watch', { service: 'nothing' })
      assert.deepEqual(await within(1_000, 'watch', unknown.count(1)), [{ status: 3 }])
      unknown.call.cancel()
    },
  },
  {
    name: 'grpc: unknown methods and services are unimplemented',
    run: async ({ grpc }) => {
      assert.equal((await grpc.unary('Nothing', {})).code, 12)
      assert.equal((await grpc.unary('Foreign', {})).code, 12)
    },
  },
  {
    name: 'grpc: requests compressed with gzip are read',
    run: async ({ node, account }) => {
      const client = createGrpcClient(`127.0.0.1:${node.port}`, {
        'grpc.default_compression_algorithm': 2,
      })
      const topic = freshTopic()
      const envelopes = [envelopeOf(topic, Buffer.alloc(100_000, 1), 1n)]
      const headers = { authorization: account.bearer() }
      assert.equal((await client.unary('Publish', { envelopes }, headers)).code, 0)
      const { reply } = await client.unary<QueryReply>('Query', { contentTopics: [topic] })
      assert.equal(reply?.envelopes[0]?.message.length, 100_000)
      client.close()
    },
  },
  {
    name: 'grpc: a deadline ends a stream with code 4, a cancel with code 1',
    run: async ({ grpc }) => {
      const request = { contentTopics: [freshTopic()] }
      const timed = grpc.stream('Subscribe', request, { deadline: Date.now() + 300 })
      assert.equal((await within(2_000, 'deadline', timed.status)).code, 4)
      const cancelled = grpc.stream('Subscribe', request)
      await cancelled.headers
      cancelled.call.cancel()
      assert.equal((await within(1_000, 'cancel', cancelled.status)).code, 1)
    },
  },
  {
    name: 'grpc: a request over 50 MiB is refused with code 8 and the connection lives on',
    run: async ({ grpc, account }) => {
      const stream = grpc.stream<Envelope>('Subscribe', { contentTopics: [freshTopic()] })
      await stream.headers
      const huge = [envelopeOf(freshTopic(), Buffer.alloc(52_428_801))]
      const refused = await grpc.unary(
        'Publish',
        { envelopes: huge },
        { authorization: account.bearer() },
      )
      assert.equal(refused.code, 8, refused.details)
      assert.match(refused.details, /received message larger than max \(\d+ vs\. 52428800\)/)
      assert.equal((await grpc.unary('Query', { contentTopics: ['x'] })).code, 0)
      stream.call.cancel()
    },
  },
  {
    name: 'grpc: messages of the largest size come in pages that are cut, and none is missing',
    run: async ({ grpc, publish }) => {
      const topic = freshTopic()
      for (let i = 0; i < 20; i++) {
        await publish([envelopeOf(topic, Buffer.alloc(1_048_214, i), BigInt(i))])
      }
      const first = await grpc.unary<QueryReply>('Query', { contentTopics: [topic] })
      assert.equal(first.code, 0)
      const { pagingInfo } = first.reply ?? {}
      const rest = await grpc.unary<QueryReply>('Query', { contentTopics: [topic], pagingInfo })
      const counts = [first, rest].map(({ reply }) => reply?.envelopes.length ?? 0)
      assert.equal((counts[0] ?? 0) + (counts[1] ?? 0), 20)
    },
  },
  {
    name: 'grpc: the stable code of a refusal is in its trailers',
    run: async ({ grpc }) => {
      const { trailers } = await grpc.unary('Query', { contentTopics: [] })
      assert.deepEqual(trailers.get('x-posthorn-error'), ['query/no-topics'])
    },
  },
]
