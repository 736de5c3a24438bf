// What gRPC and gRPC-Web clients rely on beside the calls themselves.

import { gzipSync } from 'node:zlib'
import type { Bench } from '../bench.ts'
import type { Check } from '../check.ts'
import { expectEqual, expectMatch, expectThat } from '../expect.ts'
import { frameOf } from '../frames.ts'
import { createGrpcApi, type GrpcApi, messageApi } from '../grpc-api.ts'
import { callWeb } from '../grpc-web-api.ts'
import { readPage, writeQuery } from '../messages.ts'
import { numberOf, readFields } from '../protobuf.ts'

const servingStatus = 1n

/** Checks of the transports. */
export const grpcChecks: readonly Check[] = [
  {
    id: 'grpc.trailers',
    title: 'an answer is application/grpc, its status comes in trailers after the message',
    protocols: ['grpc'],
    run: async ({ bench }) => {
      const query = writeQuery({ contentTopics: [bench.freshTopic()] })
      const { code, headers, trailers, reply } = await withGrpc(
        bench,
        (grpc) => grpc.call(`${messageApi}Query`, frameOf(query)).outcome,
      )
      expectEqual('HTTP status', headers[':status'], 200)
      expectMatch('content-type', String(headers['content-type']), /^application\/grpc\b/)
      expectEqual('code', code, 0)
      expectThat('a status in trailers', trailers?.['grpc-status'] === '0', trailers)
      expectThat('a message', reply !== undefined, reply)
      return undefined
    },
  },
  {
    id: 'grpc.unknown-method',
    title: 'an unknown method is refused with code 12',
    protocols: ['grpc'],
    run: async ({ bench }) => {
      const { code } = await withGrpc(
        bench,
        (grpc) => grpc.call(`${messageApi}NoSuchCall`, frameOf(new Uint8Array(0))).outcome,
      )
      expectEqual('code', { code }, { code: 12 })
      return undefined
    },
  },
  {
    id: 'grpc.health',
    title: 'grpc.health.v1.Health says SERVING',
    protocols: ['grpc'],
    run: async ({ bench }) => {
      const { code, reply } = await withGrpc(
        bench,
        (grpc) => grpc.call('/grpc.health.v1.Health/Check', frameOf(new Uint8Array(0))).outcome,
      )
      const status = numberOf(readFields(reply ?? new Uint8Array(0)), 1)
      expectEqual('answer', { code, status }, { code: 0, status: servingStatus })
      return undefined
    },
  },
  {
    id: 'grpc.gzip',
    title: 'a request compressed with gzip is read',
    protocols: ['grpc'],
    run: async ({ bench }) => {
      const query = gzipSync(writeQuery({ contentTopics: [bench.freshTopic()] }))
      const headers = { 'grpc-encoding': 'gzip' }
      const { code, message } = await withGrpc(
        bench,
        (grpc) => grpc.call(`${messageApi}Query`, frameOf(query, 1), { headers }).outcome,
      )
      expectEqual('answer', { code, message }, { code: 0, message: '' })
      return undefined
    },
  },
  {
    id: 'grpc.malformed',
    title: 'bytes that are no message are refused, and the connection lives on',
    protocols: ['grpc'],
    run: async ({ bench }) => {
      const codes = await withGrpc(bench, async (grpc) => {
        const junk = frameOf(new Uint8Array(20).fill(0xff))
        const { code } = await grpc.call(`${messageApi}Query`, junk).outcome
        const after = await grpc.query({ contentTopics: [bench.freshTopic()] })
        return { code, after: after.code }
      })
      expectThat('a code above 0 for the junk', codes.code > 0, codes)
      expectEqual('code of the next call', codes.after, 0)
      return undefined
    },
  },
  {
    id: 'grpc.cancel',
    title: 'a cancelled stream leaves the connection usable',
    protocols: ['grpc'],
    run: async ({ bench }) => {
      const { code } = await withGrpc(bench, async (grpc) => {
        const live = grpc.subscribe([bench.freshTopic()])
        await live.ready
        live.cancel()
        await live.ended
        return grpc.query({ contentTopics: [bench.freshTopic()] })
      })
      expectEqual('code of the next call', code, 0)
      return undefined
    },
  },
  ...[false, true].map(
    (isText): Check => ({
      id: `grpc.web-${isText ? 'text' : 'binary'}`,
      title: `gRPC-Web${isText ? ' in text' : ''} ends with a frame of trailers, readable from web pages`,
      protocols: ['grpc-web'],
      run: async ({ bench }) => {
        const query = writeQuery({ contentTopics: [bench.freshTopic()] })
        const url = `${bench.urls['grpc-web']}${messageApi}Query`
        const { code, reply, headers, hasTrailerFrame } = await callWeb(url, query, {
          isText,
          timeoutMs: bench.timeoutMs,
        })
        expectEqual('answer', { code, hasTrailerFrame }, { code: 0, hasTrailerFrame: true })
        expectEqual('envelopes', readPage(reply ?? new Uint8Array(0)).envelopes, [])
        expectMatch('content-type', headers.get('content-type') ?? '', /^application\/grpc-web/)
        const allowed = headers.get('access-control-allow-origin')
        expectThat('access-control-allow-origin', allowed !== null, allowed)
        return undefined
      },
    }),
  ),
]

async function withGrpc<T>(bench: Bench, work: (grpc: GrpcApi) => Promise<T>): Promise<T> {
  await using grpc = createGrpcApi(bench.urls.grpc, bench.timeoutMs)
  return await work(grpc)
}
