import { gzipSync } from 'node:zlib'
import { eventually } from '@posthorn/testing'
import { type Envelope, PublishRequest, QueryRequest, SubscribeRequest } from '@posthorn/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queryOf } from '../contract/api-client.ts'
import { frameOf } from '../contract/frames.ts'
import { liveStreamOf } from '../contract/grpc-client.ts'
import { startTestNode, type TestNode } from '../contract/test-node.ts'

const service = '/xmtp.message_api.v1.MessageApi'
const maxRequestBytes = 100_000
const okQuery = QueryRequest.encode(queryOf({ contentTopics: ['a'] })).finish()

let testNode: TestNode

beforeAll(async () => {
  testNode = await startTestNode({ 'max-request-bytes': maxRequestBytes })
})
afterAll(() => testNode[Symbol.asyncDispose]())

const call = (path: string, body: Uint8Array, headers?: Record<string, string>) =>
  testNode.grpc.call(path, body, headers)

function subscribeFrame(...contentTopics: string[]): Buffer {
  return frameOf(SubscribeRequest.encode({ contentTopics, resume: undefined }).finish())
}

function publishOne(contentTopic: string, timestampNs: bigint) {
  return testNode.json.publish([{ contentTopic, timestampNs, message: Buffer.from('m') }])
}

describe('gRPC frames', () => {
  test('may come in single bytes', async () => {
    const running = testNode.grpc.open(`${service}/Query`)
    for (const byte of frameOf(okQuery)) running.write(Uint8Array.of(byte))
    running.end()
    expect(await running.next()).toBeDefined()
    await running.next()
    expect(running.outcome().status).toBe(0)
  })

  test('may be compressed by gzip', async () => {
    const body = frameOf(gzipSync(okQuery), 1)
    const outcome = await call(`${service}/Query`, body, { 'grpc-encoding': 'gzip' })
    expect(outcome.status).toBe(0)
  })

  test.each<readonly [string, Uint8Array, Record<string, string>, number, string]>([
    ['no bytes', Buffer.alloc(0), {}, 3, 'cut short'],
    ['half a prefix', Buffer.from([0, 0]), {}, 3, 'cut short'],
    ['half a message', frameOf(okQuery).subarray(0, 7), {}, 3, 'cut short'],
    ['two messages', Buffer.concat([frameOf(okQuery), frameOf(okQuery)]), {}, 3, 'one message'],
    ['unknown flags', frameOf(okQuery, 2), {}, 3, 'flags 2'],
    ['unsaid compression', frameOf(gzipSync(okQuery), 1), {}, 3, 'grpc-encoding'],
    ['broken gzip', frameOf(okQuery, 1), { 'grpc-encoding': 'gzip' }, 3, 'not gzip'],
    ['an unknown encoding', frameOf(okQuery), { 'grpc-encoding': 'br' }, 12, 'identity,gzip'],
    ['broken protobuf', frameOf(Buffer.from([0x0a, 0x7f])), {}, 3, 'QueryRequest'],
    ['a malformed deadline', frameOf(okQuery), { 'grpc-timeout': '1' }, 3, 'grpc-timeout'],
    [
      'a length over the limit',
      Buffer.from([0, 0xff, 0xff, 0xff, 0xff]),
      {},
      8,
      `grpc: received message larger than max (4294967295 vs. ${maxRequestBytes})`,
    ],
    [
      'a gzip bomb',
      frameOf(gzipSync(Buffer.alloc(20 * maxRequestBytes)), 1),
      { 'grpc-encoding': 'gzip' },
      8,
      'grpc: received message larger than max',
    ],
  ])('with %s are refused', async (_name, body, headers, status, text) => {
    const outcome = await call(`${service}/Query`, body, headers)
    expect(outcome.status).toBe(status)
    expect(outcome.message).toContain(text)
    expect(outcome.httpStatus).toBe(200)
  })

  test('over the limit are refused while their bytes still come', async () => {
    const running = testNode.grpc.open(`${service}/Publish`)
    const envelope = {
      contentTopic: 'a',
      timestampNs: 1n,
      message: new Uint8Array(maxRequestBytes + 100),
    }
    running.write(frameOf(PublishRequest.encode({ envelopes: [envelope] }).finish()))
    await running.next()
    expect(running.outcome()).toMatchObject({ status: 8, code: 'api/message-too-large' })
  })
})

describe('gRPC calls', () => {
  test.each([
    [`${service}/Nothing`, 'unknown method Nothing'],
    ['/other.Service/Query', 'service other.Service'],
    ['/nothing', 'malformed method name'],
  ])('of %s are unimplemented', async (path, text) => {
    const outcome = await call(path, frameOf(okQuery))
    expect(outcome.status).toBe(12)
    expect(outcome.message).toContain(text)
  })

  test.each(['application/json', 'application/grpc+json', 'text/plain'])(
    'of content type %s are 415',
    async (type) => {
      const running = testNode.grpc.open(`${service}/Query`, { 'content-type': type })
      running.end()
      expect((await running.headers)[':status']).toBe(415)
    },
  )

  test('answer their headers, one frame and trailers', async () => {
    const running = testNode.grpc.open(`${service}/Query`, {
      'content-type': 'application/grpc+proto',
    })
    running.write(frameOf(okQuery))
    running.end()
    const headers = await running.headers
    expect(headers[':status']).toBe(200)
    expect(headers['content-type']).toBe('application/grpc+proto')
    expect(headers['grpc-status']).toBeUndefined()
    await running.next()
    await running.next()
    expect(running.outcome()).toMatchObject({ status: 0, message: '' })
  })

  test('are given up when their deadline passes', async () => {
    const running = testNode.grpc.open(`${service}/Subscribe`, { 'grpc-timeout': '30m' })
    running.write(subscribeFrame('a'))
    running.end()
    const live = await liveStreamOf(running)
    expect(await live.next()).toBeUndefined()
    expect(live.outcome()).toMatchObject({ status: 4 })
    expect(live.outcome().message).toContain('deadline exceeded')
  })

  test('on one connection do not disturb each other', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        index % 3 === 0
          ? call(`${service}/Query`, Buffer.from([0, 0, 0, 9, 1]))
          : call(`${service}/Query`, frameOf(okQuery)),
      ),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(
      outcomes.map((_, index) => (index % 3 === 0 ? 3 : 0)),
    )
  })
})

describe('Subscribe2', () => {
  let stamp = 1_000_000n

  test('replaces its topics and loses nothing that both sets name', async () => {
    const running = testNode.grpc.open(`${service}/Subscribe2`)
    running.write(subscribeFrame('one', 'both'))
    const live = await liveStreamOf(running)
    expect(live.isSubscribed).toBe(true)
    await publishUntilSeen(live, 'one')
    running.write(Buffer.concat([subscribeFrame('both'), subscribeFrame('both', 'two')]))
    const seen: bigint[] = []
    const publishing = (async () => {
      for (let stamp = 1n; stamp <= 50n; stamp++) await publishOne('both', stamp)
    })()
    while (seen.length < 50) {
      const envelope = await live.next()
      if (envelope?.contentTopic === 'both') seen.push(envelope.timestampNs)
    }
    await publishing
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => BigInt(index + 1)))
    await publishUntilSeen(live, 'two')
    await publishOne('one', 1_000n)
    await publishOne('two', 2_000n)
    const rest: (Envelope | undefined)[] = []
    while (rest.at(-1)?.timestampNs !== 2_000n) rest.push(await live.next())
    expect(rest.map((each) => each?.contentTopic)).not.toContain('one')
    running.end()
    expect(await live.next()).toBeUndefined()
    expect(live.outcome().status).toBe(0)
  })

  test('ends with an error for a bad request, after what was on its way', async () => {
    const running = testNode.grpc.open(`${service}/Subscribe2`)
    running.write(subscribeFrame('x'))
    const live = await liveStreamOf(running)
    running.write(frameOf(Buffer.from([0x0a, 0x7f])))
    expect(await live.next()).toBeUndefined()
    expect(live.outcome()).toMatchObject({ status: 3, code: 'wire/malformed' })
  })

  test('is not for gRPC-Web', async () => {
    const response = await fetch(`${testNode.url}${service}/Subscribe2`, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web' },
      body: new Uint8Array(subscribeFrame('x')),
    })
    expect(await response.text()).toContain('grpc-status: 12')
  })

  async function publishUntilSeen(
    live: { next(): Promise<Envelope | undefined> },
    topic: string,
  ): Promise<void> {
    // Requests of a running stream are not answered, so a message has to tell that one was taken.
    const seen = live.next()
    let isSeen = false
    void seen.then(() => {
      isSeen = true
    })
    await eventually(async () => {
      await publishOne(topic, stamp++)
      expect(isSeen).toBe(true)
    })
    expect((await seen)?.contentTopic).toBe(topic)
  }
})

describe('gRPC-Web', () => {
  test('over HTTP/2 carries its trailers in the body', async () => {
    const running = testNode.grpc.open(`${service}/Query`, {
      'content-type': 'application/grpc-web+proto',
    })
    running.write(frameOf(okQuery))
    running.end()
    const headers = await running.headers
    expect(headers['content-type']).toBe('application/grpc-web+proto')
    expect(headers['access-control-allow-origin']).toBe('*')
    await running.next()
    expect((await running.next())?.toString()).toContain('grpc-status: 0')
  })

  test('in base64 reads bodies of several padded pieces', async () => {
    const framed = frameOf(okQuery)
    const pieces = [framed.subarray(0, 2), framed.subarray(2, 7), framed.subarray(7)]
    const response = await fetch(`${testNode.url}${service}/Query`, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web-text' },
      body: pieces.map((piece) => piece.toString('base64')).join(''),
    })
    const body = Buffer.concat(
      ((await response.text()).match(/.{4}/g) ?? []).map((group) => Buffer.from(group, 'base64')),
    )
    expect(body.toString('latin1')).toContain('grpc-status: 0')
  })

  test('in base64 refuses what is not', async () => {
    const response = await fetch(`${testNode.url}${service}/Query`, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web-text' },
      body: 'AAA*',
    })
    expect(Buffer.from(await response.text(), 'base64').toString()).toContain('grpc-status: 3')
  })

  test('gRPC over HTTP/1.1 is 415', async () => {
    const response = await fetch(`${testNode.url}${service}/Query`, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc' },
      body: new Uint8Array(frameOf(okQuery)),
    })
    expect(response.status).toBe(415)
  })
})

describe('health service', () => {
  const serving = Buffer.from([0x08, 1])

  test.each(['', 'xmtp.message_api.v1.MessageApi'])('checks service "%s"', async (name) => {
    const request = name === '' ? '' : `\x0a${String.fromCharCode(name.length)}${name}`
    const outcome = await call('/grpc.health.v1.Health/Check', frameOf(Buffer.from(request)))
    expect(outcome).toMatchObject({ status: 0, reply: serving })
  })

  test('does not know other services', async () => {
    const outcome = await call('/grpc.health.v1.Health/Check', frameOf(Buffer.from('\x0a\x01x')))
    expect(outcome.status).toBe(5)
  })

  test('watches until the node drains', async () => {
    await using other = await startTestNode()
    const running = other.grpc.open('/grpc.health.v1.Health/Watch')
    running.write(frameOf(Buffer.alloc(0)))
    running.end()
    expect(await running.next()).toEqual(serving)
    void other.node[Symbol.asyncDispose]()
    expect(await running.next()).toEqual(Buffer.from([0x08, 2]))
    expect(await running.next()).toBeUndefined()
    expect(running.outcome().status).toBe(0)
  })
})
