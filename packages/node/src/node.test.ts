import { EventEmitter, once } from 'node:events'
import { connect as connectHttp2, constants } from 'node:http2'
import { connect, createServer, type Socket } from 'node:net'
import { loadVerifyCrypto } from '@posthorn/crypto/verify'
import { StorageError } from '@posthorn/errors'
import { createMemoryStore, type Store } from '@posthorn/store'
import { createVirtualClock, eventually } from '@posthorn/testing'
import { describe, expect, test } from 'vitest'
import { frameOf } from './contract/frames.ts'
import { createGrpcClient } from './contract/grpc-client.ts'
import { createJsonClient } from './contract/json-client.ts'
import { startTestNode, type TestNode } from './contract/test-node.ts'
import { createLogger, parseConfig, readyLine, startNode } from './index.ts'
import { installSignalHandlers } from './signals.ts'

const envelope = { contentTopic: '/xmtp/0/m-1/proto', timestampNs: 1n, message: Buffer.from('m') }

function portOf(url: string): number {
  return Number(new URL(url).port)
}

async function rawSocket(url: string): Promise<Socket> {
  const socket = connect(portOf(url), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** A store whose appends wait until they are let go. */
async function slowStore(): Promise<{ store: Store; release: () => void; log: string[] }> {
  const { hash } = await loadVerifyCrypto()
  const memory = createMemoryStore({ sha256: hash.sha256 })
  const gate = Promise.withResolvers<void>()
  const log: string[] = []
  const store: Store = {
    append: async (envelopes) => {
      await gate.promise
      log.push('append')
      return memory.append(envelopes)
    },
    range: (query) => memory.range(query),
    tail: (query) => memory.tail(query),
    scan: () => memory.scan(),
    counts: () => memory.counts(),
    writers: 'own',
    onArrival: () => ({ [Symbol.dispose]: () => undefined }),
    broadcast: (envelopes) => memory.broadcast(envelopes),
    onBroadcast: (listener) => memory.onBroadcast(listener),
    settings: memory.settings,
    upkeep: memory.upkeep,
    [Symbol.asyncDispose]: async () => {
      log.push('close')
      await memory[Symbol.asyncDispose]()
    },
  }
  return { store, release: gate.resolve, log }
}

describe('node start', () => {
  test('listens on several ports, all alike, under both addresses of the local host', async () => {
    await using testNode = await startTestNode({ 'api-port': '0,0,0' })
    const { apiUrls } = testNode.node
    expect(apiUrls).toHaveLength(3)
    for (const url of apiUrls) {
      const json = createJsonClient(url)
      const grpc = createGrpcClient(url)
      expect((await json.publish([envelope])).status).toBe(0)
      expect((await grpc.query({ contentTopics: ['a'] })).status).toBe(0)
      grpc.close()
      const local = url.replace('127.0.0.1', 'localhost')
      expect((await fetch(`${local}/healthz`)).status).toBe(200)
    }
  })

  test('prints one line that scripts can read', async () => {
    await using testNode = await startTestNode()
    expect(JSON.parse(readyLine(testNode.node))).toEqual({
      event: 'ready',
      api: testNode.node.apiUrls,
      store: 'memory',
      auth: 'off',
    })
  })

  test('says which port is taken and which flag changes it, and closes its store', async () => {
    await using testNode = await startTestNode()
    const { store, log } = await slowStore()
    const config = parseConfig({ flags: { 'api-port': [0, portOf(testNode.url)] } })
    const starting = startNode(config, { openStore: async () => store })
    await expect(starting).rejects.toMatchObject({
      code: 'node/port-taken',
      message: expect.stringMatching(/port \d+ is taken .* --api-port/),
    })
    expect(log).toEqual(['close'])
  })

  test('says what the store says when it cannot be opened', async () => {
    const openStore = async (): Promise<Store> => {
      throw new StorageError('store/corrupt', 'Open store: the file is damaged')
    }
    await expect(startNode(parseConfig(), { openStore })).rejects.toMatchObject({
      code: 'store/corrupt',
    })
  })
})

describe('node stop', () => {
  test('finishes calls, delivers what they brought, ends streams well and closes the store last', async () => {
    const { store, release, log } = await slowStore()
    await using testNode = await startTestNode(
      { 'grace-ms': 5_000 },
      { openStore: async () => store },
    )
    const { grpc, json, url, node } = testNode
    const streams = await Promise.all(
      testNode.clients.map((client) => client.subscribe([envelope.contentTopic])),
    )
    const publishes = [json.publish([envelope]), grpc.publish([{ ...envelope, timestampNs: 2n }])]
    await eventually(async () => {
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
    })
    const stopped = node[Symbol.asyncDispose]()
    await expect(connectTo(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    release()
    for (const publish of publishes) expect((await publish).status).toBe(0)
    for (const stream of streams) {
      const got = [await stream.next(), await stream.next()]
      expect(got.map((each) => each?.timestampNs).toSorted()).toEqual([1n, 2n])
      expect(await stream.next()).toBeUndefined()
      expect(stream.outcome().status).toBe(0)
    }
    await stopped
    expect(log).toEqual(['append', 'append', 'close'])
  })

  test('tells streams that can go on elsewhere to do so, after what waits', async () => {
    await using testNode = await startTestNode()
    const fromNow = { logId: '', afterSequence: undefined, positions: [] }
    const streams = await Promise.all(
      testNode.clients.map((client) => client.subscribe([envelope.contentTopic], fromNow)),
    )
    for (const stream of streams) expect((await stream.next())?.contentTopic).toBe('')
    await testNode.grpc.publish([envelope])
    const stopped = testNode.node[Symbol.asyncDispose]()
    for (const stream of streams) {
      expect((await stream.next())?.timestampNs).toBe(envelope.timestampNs)
      expect(await stream.next()).toBeUndefined()
      expect(stream.outcome()).toMatchObject({
        status: 14,
        message: expect.stringContaining('stopping'),
      })
    }
    await stopped
  })

  test('is over after the grace when a call hangs', async () => {
    const { store, log } = await slowStore()
    await using testNode = await startTestNode({ 'grace-ms': 50 }, { openStore: async () => store })
    const hanging = testNode.grpc.publish([envelope])
    await fetch(`${testNode.url}/healthz`)
    await testNode.node[Symbol.asyncDispose]()
    expect((await hanging).status).not.toBe(0)
    expect(log).toEqual(['close'])
  })

  test('takes one grace in all, and streams end well in it, when a call hangs', async () => {
    const { store } = await slowStore()
    const clock = createVirtualClock()
    await using testNode = await startTestNode(
      { 'grace-ms': 800 },
      { openStore: async () => store, clock },
    )
    const stream = await testNode.grpc.subscribe(['a'])
    const hanging = testNode.grpc.publish([envelope])
    await testNode.grpc.query({ contentTopics: ['a'] })
    const stopped = testNode.node[Symbol.asyncDispose]()
    await clock.advance(799)
    expect(await stream.next()).toBeUndefined()
    expect(stream.outcome().status).toBe(0)
    await clock.advance(1)
    await stopped
    expect((await hanging).status).not.toBe(0)
  })

  test('answers 503 on readiness while it drains, to who is still connected', async () => {
    const { store, release } = await slowStore()
    await using testNode = await startTestNode(
      { 'grace-ms': 5_000 },
      { openStore: async () => store },
    )
    const session = connectHttp2(testNode.url)
    await once(session, 'connect')
    const publishing = testNode.grpc.publish([envelope])
    await testNode.grpc.query({ contentTopics: ['a'] })
    const socket = await rawSocket(testNode.url)
    socket.write('GET /readyz HTTP/1.1\r\nhost: a\r\n\r\nGET /readyz HTTP/1.1\r\nhost: a\r\n')
    const [first] = await once(socket, 'data')
    expect(String(first)).toContain('200 OK')
    const stopped = testNode.node[Symbol.asyncDispose]()
    socket.write('\r\n')
    const [second] = await once(socket, 'data')
    expect(String(second)).toContain('503 Service Unavailable')
    expect(String(second)).toContain('"draining"')
    expect(String(second).toLowerCase()).toContain('connection: close')
    release()
    expect((await publishing).status).toBe(0)
    session.destroy()
    await stopped
  })

  test('happens at the first signal, and at once at the second', async () => {
    const { store } = await slowStore()
    await using testNode = await startTestNode(
      { 'grace-ms': 60_000 },
      { openStore: async () => store },
    )
    void testNode.grpc.publish([envelope])
    await testNode.grpc.query({ contentTopics: ['a'] })
    const source = new EventEmitter()
    let exits = 0
    const stopped = installSignalHandlers(testNode.node, { source, exitNow: () => exits++ })
    source.emit('SIGTERM')
    expect(exits).toBe(0)
    source.emit('SIGINT')
    expect(exits).toBe(1)
    await testNode.node.kill()
    await stopped
    expect(source.listenerCount('SIGINT')).toBe(0)
  })
})

describe('node under bad clients', () => {
  test('frees a subscription when its client goes away', async () => {
    const lines: string[] = []
    const log = createLogger({ format: 'json', level: 'debug', write: (line) => lines.push(line) })
    await using testNode = await startTestNode({}, { log })
    for (const client of testNode.clients) {
      const stream = await client.subscribe(['a'])
      stream.cancel()
    }
    await eventually(() => {
      expect(lines.filter((line) => line.includes('"stream-closed"'))).toHaveLength(4)
    })
  })

  test('cuts a client off that stops reading, and no other notices', async () => {
    const clock = createVirtualClock()
    const lines: string[] = []
    const log = createLogger({ format: 'json', level: 'info', write: (line) => lines.push(line) })
    await using testNode = await startTestNode({ 'subscriber-bytes': 200_000 }, { log, clock })
    const stuck = await rawSocket(testNode.url)
    const body = JSON.stringify({ contentTopics: ['big'] })
    const head = `POST /message/v1/subscribe HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}`
    stuck.write(`${head}\r\n\r\n${body}`)
    await once(stuck, 'readable')
    const reading = await testNode.grpc.subscribe(['big'])
    const message = new Uint8Array(100_000)
    for (let stamp = 1n; stamp <= 150n; stamp++) {
      await testNode.grpc.publish([{ contentTopic: 'big', timestampNs: stamp, message }])
      expect((await reading.next())?.timestampNs).toBe(stamp)
    }
    await clock.advance(299_000)
    expect(lines.filter((line) => line.includes('stream-stalled'))).toHaveLength(0)
    await clock.advance(1_000)
    expect(lines.filter((line) => line.includes('stream-stalled'))).toHaveLength(1)
    await testNode.grpc.publish([{ contentTopic: 'big', timestampNs: 999n, message }])
    expect((await reading.next())?.timestampNs).toBe(999n)
    reading.cancel()
    stuck.destroy()
  })

  test('gives a stream whose buffer was full the rest from the store', async () => {
    await using testNode = await startTestNode({ 'subscriber-bytes': 5 * 258 })
    const streams = await Promise.all(testNode.clients.map((client) => client.subscribe(['a'])))
    const envelopes = Array.from({ length: 8 }, (_, index) => ({
      contentTopic: 'a',
      timestampNs: BigInt(index),
      message: Buffer.from('m'),
    }))
    await testNode.json.publish(envelopes)
    for (const stream of streams) {
      const seen: (bigint | undefined)[] = []
      while (seen.length < 8) seen.push((await stream.next())?.timestampNs)
      expect(seen).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n])
      stream.cancel()
    }
  })

  test('ends a stream with a name for it when its reader is too far behind', async () => {
    const limits = { 'subscriber-bytes': 1, 'subscriber-lag': 2 }
    await using testNode = await startTestNode(limits)
    const streams = await Promise.all(testNode.clients.map((client) => client.subscribe(['a'])))
    const envelopes = Array.from({ length: 8 }, (_, index) => ({
      contentTopic: 'a',
      timestampNs: BigInt(index),
      message: Buffer.from('m'),
    }))
    await testNode.json.publish(envelopes)
    for (const stream of streams) {
      while ((await stream.next()) !== undefined);
      expect(stream.outcome()).toMatchObject({
        status: 10,
        message: expect.stringContaining('subscribe again from the last one read'),
      })
    }
  })

  test('closes connections that say nothing', async () => {
    const clock = createVirtualClock()
    await using testNode = await startTestNode({}, { clock })
    const silent = await rawSocket(testNode.url)
    const undecided = await rawSocket(testNode.url)
    undecided.write('PR')
    await fetch(`${testNode.url}/healthz`)
    const closed = [once(silent, 'close'), once(undecided, 'close')]
    await clock.advance(10_000)
    await Promise.all(closed)
  })

  test('answers requests whose first bytes come one by one', async () => {
    await using testNode = await startTestNode()
    const socket = await rawSocket(testNode.url)
    for (const char of 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n') {
      socket.write(char)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const [data] = await once(socket, 'data')
    expect(String(data)).toContain('200 OK')
    socket.destroy()
  })

  test('answers a PUT, which starts like the preface of HTTP/2', async () => {
    await using testNode = await startTestNode()
    const response = await fetch(`${testNode.url}/message/v1/publish`, { method: 'PUT' })
    expect(response.status).toBe(501)
  })

  test('refuses headers that are too large', async () => {
    await using testNode = await startTestNode()
    const response = await fetch(`${testNode.url}/healthz`, { headers: { x: 'x'.repeat(20_000) } })
    expect(response.status).toBe(431)
  })

  test('survives garbage on both protocols', async () => {
    await using testNode = await startTestNode()
    for (const garbage of [
      '\0\0\0\0\0\0\0\0',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage garbage',
      'PRI nonsense',
      'GET\r\n\r\n',
    ]) {
      const socket = await rawSocket(testNode.url)
      socket.resume()
      const closed = once(socket, 'close')
      socket.end(garbage)
      await closed
    }
    expect((await fetch(`${testNode.url}/healthz`)).status).toBe(200)
  })

  test('closes a connection that resets streams without end, with a reason', async () => {
    await using testNode = await startTestNode()
    const session = connectHttp2(testNode.url)
    session.on('error', () => {})
    const codes: number[] = []
    session.on('goaway', (code) => codes.push(code))
    const openAndReset = async (): Promise<void> => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/xmtp.message_api.v1.MessageApi/Subscribe',
        'content-type': 'application/grpc',
      })
      const closed = new Promise((resolve) => stream.once('close', resolve))
      stream.on('error', () => {})
      stream.once('response', () => stream.close(constants.NGHTTP2_CANCEL))
      stream.end(frameOf(Buffer.alloc(0)))
      await closed
    }
    for (let round = 0; round < 100 && codes.length === 0; round++) {
      await Promise.all(Array.from({ length: 100 }, openAndReset)).catch(() => {})
    }
    expect(codes).toEqual([constants.NGHTTP2_ENHANCE_YOUR_CALM])
    session.destroy()
    expect((await fetch(`${testNode.url}/healthz`)).status).toBe(200)
  })

  test('bounds the request data that it holds', async () => {
    await using testNode = await startTestNode({ 'max-waiting-bytes': 50_000 })
    const held: Socket[] = []
    for (let count = 0; count < 4; count++) held.push(await hold(testNode, 12_000))
    await eventually(async () => {
      const refused = await testNode.json.publish([{ ...envelope, message: new Uint8Array(9_000) }])
      expect(refused).toMatchObject({ status: 14, code: 'transport/overloaded' })
    })
    for (const socket of held) socket.destroy()
    await eventually(async () => {
      const taken = await testNode.json.publish([{ ...envelope, message: new Uint8Array(9_000) }])
      expect(taken.status).toBe(0)
    })
  })
})

test('a request that does not come whole in time is given up, over both versions of HTTP', async () => {
  const clock = createVirtualClock()
  await using testNode = await startTestNode({}, { clock })
  const running = testNode.grpc.open('/xmtp.message_api.v1.MessageApi/Publish')
  running.write(Buffer.from([0, 0, 0, 0, 9, 1]))
  const socket = await hold(testNode, 100)
  await testNode.grpc.query({ contentTopics: ['a'] })
  await clock.advance(59_000)
  await testNode.grpc.query({ contentTopics: ['a'] })
  await clock.advance(1_000)
  expect(await running.next()).toBeUndefined()
  expect(running.outcome()).toMatchObject({ status: 14, code: 'transport/slow-request' })
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toContain('503 Service Unavailable')
  socket.destroy()
})

test('a fault of the store is the node’s, and tells nothing of itself', async () => {
  const { store } = await slowStore()
  const failing: Store = {
    ...store,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    append: async () => {
      throw new TypeError('secret detail')
    },
  }
  const lines: string[] = []
  const log = createLogger({ format: 'json', level: 'info', write: (line) => lines.push(line) })
  await using testNode = await startTestNode({}, { log, openStore: async () => failing })
  for (const client of testNode.clients) {
    const outcome = await client.publish([envelope])
    expect(outcome).toMatchObject({ status: 13, code: 'internal/unexpected' })
    expect(outcome.message).not.toContain('secret')
  }
  expect(lines.join('')).toContain('secret detail')
})

async function connectTo(url: string): Promise<void> {
  const socket = connect(portOf(url), '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
}

/** Sends part of a body and waits. */
async function hold(testNode: TestNode, lengthBytes: number): Promise<Socket> {
  const socket = await rawSocket(testNode.url)
  socket.write(`POST /message/v1/publish HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n`)
  socket.write('x'.repeat(lengthBytes))
  return socket
}

test('a port of ::1 that another program has is taken', async ({ skip }) => {
  const other = createServer()
  other.listen(0, '::1')
  const hasIpv6 = await Promise.race([
    once(other, 'listening').then(() => true),
    once(other, 'error').then(() => false),
  ])
  if (!hasIpv6) skip('the machine has no IPv6')
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await expect(startTestNode({ 'api-port': port })).rejects.toMatchObject({
    code: 'node/port-taken',
  })
  other.close()
})
