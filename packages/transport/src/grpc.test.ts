// What a node may answer over gRPC and gRPC-Web, and what comes of it.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { toUtf8 } from '@posthorn/bytes'
import type { ProtocolError } from '@posthorn/errors'
import { createVirtualClock } from '@posthorn/testing'
import {
  BatchQueryResponse,
  encode,
  NumberedEnvelope,
  QueryRequest,
  QueryResponse,
} from '@posthorn/wire'
import { afterEach, describe, expect, test } from 'vitest'
import { frameOf } from './grpc/frames.ts'
import { createGrpcTransport } from './grpc.ts'
import { createGrpcWebTransport } from './grpc-web.ts'
import type { NodeAddress } from './node-address.ts'
import type { Transport } from './transport.ts'

type Reply = {
  readonly httpStatus?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly trailers?: Readonly<Record<string, string>>
  /** Leaves the reply open after its body. */
  readonly isOpen?: boolean
}

type Seen = { path: string; headers: Readonly<Record<string, unknown>>; body: Buffer }
type Handler = (seen: Seen) => Reply | undefined

type Protocol = {
  readonly create: (address: NodeAddress) => Transport
  readonly serve: (handler: Handler) => Promise<string>
}

const ok = { 'grpc-status': '0' }
const noMessage = new Uint8Array(0)
const page = frameOf(encode(QueryResponse, { envelopes: [], pagingInfo: undefined }))
const envelope = { contentTopic: 'a', timestampNs: 7n, message: Uint8Array.of(1, 2) }

const servers: (Server | Http2Server)[] = []
const sockets = new Set<Socket>()

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

async function listening(server: Server | Http2Server): Promise<string> {
  servers.push(server)
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const grpc: Protocol = {
  create: createGrpcTransport,
  serve: (handler) => {
    const server = createHttp2Server()
    server.on('stream', async (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => undefined)
      const body = Buffer.concat(await Array.fromAsync(stream))
      const reply = handler({ path: `${headers[':method']} ${headers[':path']}`, headers, body })
      if (reply === undefined || stream.destroyed) return
      const { httpStatus = 200, trailers = ok } = reply
      stream.respond({ ':status': httpStatus, ...reply.headers }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers(trailers))
      stream.write(reply.body ?? noMessage)
      if (!reply.isOpen) stream.end()
    })
    return listening(server)
  },
}

const grpcWeb: Protocol = {
  create: createGrpcWebTransport,
  serve: (handler) =>
    listening(
      createServer(async (request, response) => {
        const body = Buffer.concat(await Array.fromAsync(request))
        const { method, url, headers } = request
        const reply = handler({ path: `${method} ${url}`, headers, body })
        if (reply === undefined) return
        response.writeHead(reply.httpStatus ?? 200, reply.headers)
        response.write(reply.body ?? noMessage)
        if (reply.isOpen) return
        const fields = Object.entries(reply.trailers ?? ok)
        const trailers = frameOf(toUtf8(fields.map((each) => `${each.join(': ')}\r\n`).join('')))
        trailers[0] = 0x80
        response.end(fields.length === 0 ? undefined : trailers)
      }),
    ),
}

async function failureOf(promise: Promise<unknown>): Promise<ProtocolError> {
  return promise.then(
    () => Promise.reject(new TypeError('expected a failure')),
    (error: unknown) => error as ProtocolError,
  )
}

const query = { topics: ['a'] }

describe.each([
  ['gRPC', grpc],
  ['gRPC-Web', grpcWeb],
])('%s', (name, { create, serve }) => {
  async function transportTo(reply: Reply | Handler, options: Partial<NodeAddress> = {}) {
    const handler = typeof reply === 'function' ? reply : () => reply
    return create({ url: await serve(handler), ...options })
  }

  test('default: a call has its path, headers and one frame', async () => {
    let seen: Seen | undefined
    await using transport = await transportTo(
      (each) => {
        seen = each
        return { body: page }
      },
      { appVersion: 'app/2', clientVersion: 'posthorn/9' },
    )
    const cursor = { digest: Uint8Array.of(9), timestampNs: 5n }
    const request = { topics: ['a', 'b'], startNs: 1n, endNs: 2n, limit: 3, cursor }
    expect(await transport.query({ ...request, direction: 'descending' })).toEqual({
      envelopes: [],
    })
    expect(seen?.path).toBe('POST /xmtp.message_api.v1.MessageApi/Query')
    const type = name === 'gRPC' ? 'application/grpc' : 'application/grpc-web+proto'
    expect(seen?.headers).toMatchObject({
      'content-type': type,
      'x-client-version': 'posthorn/9',
      'x-app-version': 'app/2',
    })
    const { body } = seen ?? { body: Buffer.alloc(0) }
    expect([body[0], body.readUInt32BE(1)]).toEqual([0, body.length - 5])
    expect(QueryRequest.decode(body.subarray(5))).toMatchObject({
      contentTopics: ['a', 'b'],
      startTimeNs: 1n,
      endTimeNs: 2n,
      pagingInfo: { limit: 3, direction: 2, cursor: { cursor: { value: { senderTimeNs: 5n } } } },
    })
  })

  test('default: a page has its rows and where the next one starts, however it was cut', async () => {
    const index = { digest: Uint8Array.of(9), senderTimeNs: 5n }
    const cursor = { cursor: { $case: 'index' as const, value: index } }
    const pagingInfo = { limit: 1, direction: 1 as const, cursor }
    const body = frameOf(encode(QueryResponse, { envelopes: [envelope], pagingInfo }))
    await using transport = await transportTo({ body })
    const { envelopes, nextCursor } = await transport.query(query)
    expect(envelopes).toEqual([envelope])
    expect(nextCursor).toEqual({ digest: Uint8Array.of(9), timestampNs: 5n })
  })

  test.each([
    [3, 'ValidationError', 'transport/invalid-argument'],
    [16, 'VerificationError', 'transport/unauthenticated'],
    [7, 'AdmissionError', 'transport/permission-denied'],
    [8, 'AdmissionError', 'rate/exceeded'],
    [10, 'StorageError', 'transport/conflict'],
    [12, 'NotFoundError', 'transport/unimplemented'],
    [13, 'TransportError', 'transport/node-failed'],
    [14, 'TransportError', 'transport/unavailable'],
  ])('error: status %i is %s, in headers and in trailers', async (status, family, code) => {
    const fields = {
      'grpc-status': `${status}`,
      'grpc-message': 'because%0Aof 100%25',
      'grpc-retry-pushback-ms': '1500',
    }
    await using atEnd = await transportTo({ trailers: fields })
    await using atStart = await transportTo({ headers: fields })
    for (const transport of [atEnd, atStart]) {
      const error = await failureOf(transport.publish([envelope]))
      expect(error).toMatchObject({ name: family, code, retryAfterMs: 1_500 })
      expect(error.message).toBe(`Publish: the node answered status ${status}: because of 100%`)
    }
  })

  test.each([
    ['no message', {}, 'transport/bad-reply'],
    ['two messages', { body: Buffer.concat([page, page]) }, 'transport/bad-reply'],
    ['no status', { body: page, trailers: {} }, 'transport/unavailable'],
    ['a status that is no number', { trailers: { 'grpc-status': 'x' } }, 'transport/node-failed'],
    ['a compressed message', { body: Buffer.from([1, 0, 0, 0, 0]) }, 'transport/bad-reply'],
    ['an unknown flag', { body: Buffer.from([2, 0, 0, 0, 0]) }, 'transport/bad-reply'],
    ['no protobuf', { body: frameOf(Uint8Array.of(10, 200)) }, 'transport/bad-reply'],
    ['half a frame', { body: Buffer.from([0, 0, 0, 0, 9, 1]) }, 'transport/unavailable'],
    ['a huge frame', { body: Buffer.from([0, 255, 0, 0, 0]) }, 'transport/reply-too-big'],
    ['an HTML page', { httpStatus: 502, body: toUtf8('<html>') }, 'transport/unavailable'],
    ['a redirect', { httpStatus: 302, headers: { location: '/' } }, 'transport/redirected'],
    ['HTTP 429', { httpStatus: 429, headers: { 'retry-after': '2' } }, 'rate/exceeded'],
  ] as const)('error: %s is %3$s', async (_what, reply: Reply, code) => {
    // The trailers of gRPC-Web would be taken for the rest of the frame.
    const isCutShort = code === 'transport/unavailable' && reply.body?.length === 6
    const trailers = isCutShort ? {} : (reply.trailers ?? ok)
    await using transport = await transportTo({ ...reply, trailers })
    expect((await failureOf(transport.query(query))).code).toBe(code)
  })

  test('error: another number of pages than asked for is a bad reply', async () => {
    await using transport = await transportTo({
      body: frameOf(encode(BatchQueryResponse, { responses: [] })),
    })
    expect((await failureOf(transport.batchQuery([query]))).code).toBe('transport/bad-reply')
    expect(await transport.batchQuery([])).toEqual([])
  })

  test('error: a query that cannot be written is refused without a call', async () => {
    await using transport = create({ url: 'http://127.0.0.1:1' })
    for (const wrong of [{ startNs: -1n }, { endNs: 2n ** 64n }, { limit: -1 }, { limit: 0.5 }]) {
      const error = await failureOf(transport.query({ ...query, ...wrong }))
      expect(error).toMatchObject({ name: 'ValidationError', code: 'transport/invalid-argument' })
    }
  })

  test('error: a node that is not there is transport/unavailable', async () => {
    await using transport = create({ url: 'http://127.0.0.1:1' })
    expect((await failureOf(transport.query(query))).code).toBe('transport/unavailable')
  })

  test('error: a silent node is transport/timeout, and the next call takes another connection', async () => {
    const timers = createVirtualClock()
    let calls = 0
    await using transport = await transportTo(
      () => {
        if (++calls > 1) return { body: page }
        void timers.advance(5)
        return undefined
      },
      { timers, timeoutMs: 5 },
    )
    const before = sockets.size
    expect((await failureOf(transport.query(query))).code).toBe('transport/timeout')
    expect(await transport.query(query)).toEqual({ envelopes: [] })
    expect(sockets.size - before).toBeGreaterThan(1)
  })

  test('default: a stream tells marks, numbers and envelopes, and ends with its status', async () => {
    const item = (fields: Partial<NumberedEnvelope>): Uint8Array =>
      frameOf(
        encode(NumberedEnvelope, {
          ...{ contentTopic: '', timestampNs: 0n, message: noMessage, sequence: 0n, logId: '' },
          ...fields,
        }),
      )
    const body = Buffer.concat([
      item({}),
      item({ logId: 'log', sequence: 4n }),
      item(envelope),
      item({ ...envelope, sequence: 5n }),
    ])
    await using transport = await transportTo({
      body,
      trailers: { 'grpc-status': '10', 'grpc-message': 'too slow' },
    })
    const told: unknown[] = []
    const options = { onOpen: () => told.push('open'), onMark: (mark: unknown) => told.push(mark) }
    const error = await failureOf(
      (async () => {
        for await (const each of transport.subscribe(['a'], options)) told.push(each)
      })(),
    )
    expect(told).toEqual([
      'open',
      { logId: 'log', sequence: 4 },
      envelope,
      { ...envelope, sequence: 5 },
    ])
    expect(error).toMatchObject({ name: 'StorageError', code: 'transport/conflict' })
  })

  test('error: an idle stream is transport/timeout', async () => {
    const timers = createVirtualClock()
    const body = frameOf(encode(NumberedEnvelope, { ...envelope, sequence: 0n, logId: '' }))
    await using transport = await transportTo({ body, isOpen: true }, { timers, idleTimeoutMs: 8 })
    const stream = transport.subscribe(['a'])[Symbol.asyncIterator]()
    expect((await stream.next()).value).toEqual(envelope)
    const next = failureOf(stream.next())
    await timers.advance(20)
    expect((await next).code).toBe('transport/timeout')
  })

  test('behavior: leaving the loop ends the call', async () => {
    const ended = Promise.withResolvers<void>()
    const body = frameOf(encode(NumberedEnvelope, { ...envelope, sequence: 0n, logId: '' }))
    await using transport = await transportTo({ body, isOpen: true })
    const server = servers.at(-1)
    server?.on('stream', (stream: ServerHttp2Stream) => stream.once('close', ended.resolve))
    server?.on('request', (_, response) => response.once('close', ended.resolve))
    for await (const each of transport.subscribe(['a'])) {
      expect(each).toEqual(envelope)
      break
    }
    await ended.promise
  })

  test('error: a url of another kind is refused', () => {
    expect(() => create({ url: 'localhost:5555' })).toThrow(
      expect.objectContaining({ code: 'transport/bad-url' }),
    )
  })
})
