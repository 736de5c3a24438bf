import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Envelope } from '@posthorn/envelope'
import type { ProtocolError } from '@posthorn/errors'
import { createVirtualClock } from '@posthorn/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { createJsonTransport, type JsonTransportOptions } from './http-json.ts'
import type { Transport } from './transport.ts'

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

async function serve(handler: Handler): Promise<string> {
  server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => handler(request, response, Buffer.concat(pieces).toString()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function transportTo(
  handler: Handler,
  options: Partial<JsonTransportOptions> = {},
): Promise<Transport> {
  return createJsonTransport({ url: await serve(handler), ...options })
}

async function failureOf(promise: Promise<unknown>): Promise<ProtocolError> {
  return promise.then(
    () => Promise.reject(new TypeError('expected a failure')),
    (error: unknown) => error as ProtocolError,
  )
}

async function collect(stream: AsyncIterable<Envelope>): Promise<Envelope[]> {
  const envelopes: Envelope[] = []
  for await (const envelope of stream) envelopes.push(envelope)
  return envelopes
}

const line = (topic: string, timestampNs: string, message = ''): string =>
  `${JSON.stringify({ result: { contentTopic: topic, timestampNs, message } })}\n`

describe('publish', () => {
  test('default: posts the exact body with the version and authorization headers', async () => {
    let seen: { path?: string; body?: string; headers?: IncomingMessage['headers'] } = {}
    const transport = await transportTo(
      (request, response, body) => {
        seen = { path: `${request.method} ${request.url}`, body, headers: request.headers }
        response.end('{}')
      },
      { appVersion: 'app/2', clientVersion: 'posthorn/9' },
    )
    await transport.publish(
      [
        {
          contentTopic: '/xmtp/0/m-1/proto',
          timestampNs: 18_446_744_073_709_551_615n,
          message: Uint8Array.of(251, 255),
        },
      ],
      { authorization: 'Bearer abc' },
    )
    expect(seen.path).toBe('POST /message/v1/publish')
    expect(seen.body).toBe(
      '{"envelopes":[{"contentTopic":"/xmtp/0/m-1/proto","timestampNs":"18446744073709551615","message":"+/8="}]}',
    )
    expect(seen.headers).toMatchObject({
      'x-client-version': 'posthorn/9',
      'x-app-version': 'app/2',
      authorization: 'Bearer abc',
      'content-type': 'text/plain;charset=UTF-8',
    })
  })

  test.each([
    [400, 3, 'ValidationError', 'transport/invalid-argument'],
    [401, 16, 'VerificationError', 'transport/unauthenticated'],
    [403, 7, 'AdmissionError', 'transport/permission-denied'],
    [404, 5, 'NotFoundError', 'transport/not-found'],
    [409, 10, 'StorageError', 'transport/conflict'],
    [429, 8, 'AdmissionError', 'rate/exceeded'],
    [500, 13, 'TransportError', 'transport/node-failed'],
    [501, 12, 'NotFoundError', 'transport/unimplemented'],
    [503, 14, 'TransportError', 'transport/unavailable'],
    [504, 4, 'TransportError', 'transport/timeout'],
  ])('error: HTTP %i with code %i is %s', async (http, code, name, ours) => {
    const transport = await transportTo((_request, response) => {
      response.writeHead(http, { 'retry-after': '1.5' })
      response.end(JSON.stringify({ code, message: 'because\nof this', details: [] }))
    })
    const error = await failureOf(transport.publish([]))
    expect(error).toMatchObject({ name, code: ours, retryAfterMs: 1500, details: { status: code } })
    expect(error.message).toBe(`Publish: the node answered status ${code}: because of this`)
  })

  test.each([
    [502, 'transport/unavailable'],
    [429, 'rate/exceeded'],
    [418, 'transport/invalid-argument'],
    [500, 'transport/node-failed'],
  ])('error: an HTML page with HTTP %i is named by its status', async (http, ours) => {
    const transport = await transportTo((_request, response) => {
      response.writeHead(http, { 'content-type': 'text/html' })
      response.end('<html>oh no</html>')
    })
    const error = await failureOf(transport.publish([]))
    expect(error.code).toBe(ours)
    expect(error.message).not.toContain('html')
  })
})

describe('query', () => {
  test('default: sends only what was asked and reads rows and cursor', async () => {
    let body = ''
    const transport = await transportTo((_request, response, text) => {
      body = text
      response.end(
        '{"envelopes": [{"contentTopic":"t","timestampNs":"7","message":"AQ=="}], "pagingInfo":{"limit":1,"cursor":{"index":{"digest":"AgM=","senderTimeNs":"7"}},"direction":"SORT_DIRECTION_DESCENDING"}}',
      )
    })
    const page = await transport.query({
      topics: ['t'],
      startNs: 1n,
      endNs: 9n,
      limit: 1,
      direction: 'ascending',
      cursor: { timestampNs: 5n, digest: Uint8Array.of(255) },
    })
    expect(JSON.parse(body)).toEqual({
      contentTopics: ['t'],
      startTimeNs: '1',
      endTimeNs: '9',
      pagingInfo: {
        limit: 1,
        direction: 'SORT_DIRECTION_ASCENDING',
        cursor: { index: { digest: '/w==', senderTimeNs: '5' } },
      },
    })
    expect(page).toEqual({
      envelopes: [{ contentTopic: 't', timestampNs: 7n, message: Uint8Array.of(1) }],
      nextCursor: { timestampNs: 7n, digest: Uint8Array.of(2, 3) },
    })
  })

  test('behavior: a null cursor and absent fields mean the last, empty page', async () => {
    const transport = await transportTo((_request, response) =>
      response.end('{"envelopes":[],"pagingInfo":{"limit":0,"cursor":null}}'),
    )
    expect(await transport.query({ topics: ['t'] })).toEqual({ envelopes: [] })
    server?.removeAllListeners('request').on('request', (_request, response) => response.end(''))
    expect(await transport.query({ topics: ['t'] })).toEqual({ envelopes: [] })
  })

  test.each([
    ['truncated JSON', '{"envelopes":[{"contentTo'],
    ['an array', '[]'],
    ['an HTML page', '<!doctype html><title>Sign in</title>'],
    ['rows of a wrong type', '{"envelopes":{"0":1}}'],
    ['a topic of a wrong type', '{"envelopes":[{"contentTopic":5}]}'],
    ['a negative time', '{"envelopes":[{"timestampNs":"-1"}]}'],
    ['a time beyond 64 bits', '{"envelopes":[{"timestampNs":"18446744073709551616"}]}'],
    ['a fractional time', '{"envelopes":[{"timestampNs":1.5}]}'],
    ['a message that is not base64', '{"envelopes":[{"message":"***"}]}'],
    ['paging of a wrong type', '{"pagingInfo":"x"}'],
    ['deep nesting', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ])('error: %s is a bad reply', async (_what, reply) => {
    const transport = await transportTo((_request, response) => response.end(reply))
    const error = await failureOf(transport.query({ topics: ['t'] }))
    expect(error).toMatchObject({ name: 'CodecError', code: 'transport/bad-reply' })
  })

  test('error: a reply that breaks off is transport/unavailable', async () => {
    const transport = await transportTo((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"envelopes":[')
      setImmediate(() => response.destroy())
    })
    const error = await failureOf(transport.query({ topics: ['t'] }))
    expect(error).toMatchObject({ name: 'TransportError', code: 'transport/unavailable' })
  })

  test('error: a redirect is refused and not followed', async () => {
    const paths: (string | undefined)[] = []
    const transport = await transportTo((request, response) => {
      paths.push(request.url)
      response.writeHead(307, { location: '/elsewhere' })
      response.end()
    })
    const error = await failureOf(transport.query({ topics: ['t'] }))
    expect(error.code).toBe('transport/redirected')
    expect(paths).toEqual(['/message/v1/query'])
  })

  test('error: a refused connection is transport/unavailable', async () => {
    const url = await serve(() => undefined)
    server?.close()
    await once(server as Server, 'close')
    const error = await failureOf(createJsonTransport({ url }).query({ topics: ['t'] }))
    expect(error).toMatchObject({ name: 'TransportError', code: 'transport/unavailable' })
  })

  test('error: an aborted signal is transport/cancelled, before and during the call', async () => {
    const controller = new AbortController()
    const transport = await transportTo(() => controller.abort())
    const during = await failureOf(
      transport.query({ topics: ['t'] }, { signal: controller.signal }),
    )
    const before = await failureOf(
      transport.query({ topics: ['t'] }, { signal: controller.signal }),
    )
    expect([during.code, before.code]).toEqual(['transport/cancelled', 'transport/cancelled'])
  })

  test('error: a silent node is transport/timeout', async () => {
    const timers = createVirtualClock()
    const transport = await transportTo(() => timers.advance(5), { timers, timeoutMs: 5 })
    const error = await failureOf(transport.query({ topics: ['t'] }))
    expect(error).toMatchObject({ code: 'transport/timeout', details: { timeoutMs: 5 } })
  })

  test('error: a closed transport cancels its calls', async () => {
    const transport = await transportTo(() => void transport[Symbol.asyncDispose]())
    const error = await failureOf(transport.query({ topics: ['t'] }))
    expect(error.code).toBe('transport/cancelled')
  })
})

describe('batchQuery', () => {
  test('default: reads one page for each request, in order', async () => {
    const transport = await transportTo((_request, response, body) => {
      const { requests } = JSON.parse(body) as { requests: { contentTopics: string[] }[] }
      const responses = requests.map((request) => ({
        envelopes: [{ contentTopic: request.contentTopics[0], timestampNs: '1', message: '' }],
      }))
      response.end(JSON.stringify({ responses }))
    })
    const pages = await transport.batchQuery([{ topics: ['a'] }, { topics: ['b'] }])
    expect(pages.map((page) => page.envelopes[0]?.contentTopic)).toEqual(['a', 'b'])
  })

  test('behavior: no requests make no call', async () => {
    expect(await createJsonTransport({ url: 'http://localhost:1' }).batchQuery([])).toEqual([])
  })

  test('error: fewer pages than requests is a bad reply', async () => {
    const transport = await transportTo((_request, response) => response.end('{"responses":[]}'))
    const error = await failureOf(transport.batchQuery([{ topics: ['a'] }]))
    expect(error.code).toBe('transport/bad-reply')
  })
})

describe('subscribe', () => {
  test('default: opens when headers arrive and yields envelopes without keep-alives', async () => {
    let wasOpen = false
    const transport = await transportTo((_request, response, body) => {
      expect(JSON.parse(body)).toEqual({ contentTopics: ['a', 'b'] })
      response.flushHeaders()
      setImmediate(() =>
        response.end(`{"result":{}}\n\n${line('a', '1', 'w6k=')}{"result":{}}\n${line('b', '2')}`),
      )
    })
    const envelopes = await collect(
      transport.subscribe(['a', 'b'], {
        onOpen: () => {
          wasOpen = true
        },
      }),
    )
    expect(wasOpen).toBe(true)
    expect(envelopes.map((envelope) => [envelope.contentTopic, envelope.timestampNs])).toEqual([
      ['a', 1n],
      ['b', 2n],
    ])
  })

  test('error: an error line is the error it stands for, after the envelopes before it', async () => {
    const transport = await transportTo((_request, response) =>
      response.end(`${line('a', '1')}{"error":{"code":10,"message":"too slow","details":[]}}\n`),
    )
    const topics: string[] = []
    const error = await failureOf(
      (async () => {
        for await (const envelope of transport.subscribe(['a'])) topics.push(envelope.contentTopic)
      })(),
    )
    expect(topics).toEqual(['a'])
    expect(error).toMatchObject({
      name: 'StorageError',
      message: expect.stringContaining('too slow'),
    })
  })

  test('error: a failure before the first message is unwrapped', async () => {
    const transport = await transportTo((_request, response) => {
      response.writeHead(400)
      response.end('{"error":{"grpc_code":3,"message":"topics required"}}\n')
    })
    const error = await failureOf(collect(transport.subscribe([])))
    expect(error).toMatchObject({ name: 'ValidationError', code: 'transport/invalid-argument' })
  })

  test.each([
    ['a line that is not JSON', 'hello\n', 'transport/bad-reply'],
    ['a line of neither kind', '{}\n', 'transport/bad-reply'],
    ['a line cut off at the end', '{"result":{"contentTopic":"a', 'transport/bad-reply'],
    ['a line without end', 'x'.repeat(1_500_000), 'transport/reply-too-big'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22, 0x0a]), 'bytes/not-utf8'],
  ])('error: %s ends the stream with %3$s', async (_what, reply, code) => {
    const transport = await transportTo((_request, response) => response.end(reply))
    expect((await failureOf(collect(transport.subscribe(['a'])))).code).toBe(code)
  })

  test('error: an idle stream is transport/timeout unless it shows signs of life', async () => {
    const timers = createVirtualClock()
    let say = (_text: string): unknown => undefined
    const transport = await transportTo(
      (_request, response) => {
        say = (text) => response.write(text)
        say(line('a', '1'))
      },
      { timers, idleTimeoutMs: 1_000 },
    )
    const stream = transport.subscribe(['a'])[Symbol.asyncIterator]()
    expect((await stream.next()).value).toMatchObject({ contentTopic: 'a' })
    await timers.advance(990)
    const second = stream.next()
    say(line('b', '2'))
    expect((await second).value).toMatchObject({ contentTopic: 'b' })
    const next = failureOf(stream.next())
    let isOver = false
    void next.then(() => {
      isOver = true
    })
    await timers.advance(1_000)
    expect(isOver).toBe(false)
    // No more than a quarter late.
    await timers.advance(250)
    expect((await next).code).toBe('transport/timeout')
  })

  test('behavior: leaving the loop closes the connection', async () => {
    let closed: Promise<unknown> | undefined
    const transport = await transportTo((_request, response) => {
      closed = once(response, 'close')
      response.write(line('a', '1'))
    })
    for await (const envelope of transport.subscribe(['a'])) {
      expect(envelope.contentTopic).toBe('a')
      break
    }
    await closed
  })
})

test.each(['localhost:5555', 'ftp://x', '', 'http://'])('error: the url %j is refused', (url) => {
  expect(() => createJsonTransport({ url })).toThrow(
    expect.objectContaining({ code: 'transport/bad-url' }),
  )
})
