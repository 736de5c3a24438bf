// The client against the node that users run, over HTTP.

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { seededRandom, startCuttingProxy } from '@posthorn/testing'
import type { Transport } from '@posthorn/transport'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Message } from './conversation.ts'
import { createClient } from './create-client.ts'
import { grpcTransport } from './grpc.ts'
import { grpcWebTransport } from './grpc-web.ts'

let folder: string
let node: RunningNode

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-client-'))
  node = await start('0')
})

afterEach(async () => {
  await node.kill()
  await rm(folder, { recursive: true, force: true })
})

function start(port: string): Promise<RunningNode> {
  return startNode(parseConfig({ flags: { 'api-port': port, data: folder, 'grace-ms': '100' } }))
}

const url = (): string => node.apiUrls[0] ?? ''
const contents = (messages: readonly Message[]): unknown[] =>
  messages.map((message) => (message.kind === 'message' ? message.content : message.code))

async function take<T>(stream: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = []
  for await (const item of stream) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

test('two clients write, list, read and stream over a real node', async () => {
  const secret = randomBytes(32)
  await using alice = await createClient(secret, { url: url() })
  await using bob = await createClient(randomBytes(32), { url: url(), appVersion: 'test/1' })
  const stream = await bob.streamAllMessages()
  const chat = await alice.newConversation(bob.address)
  for (const text of ['gm', 'Grüße ☀️', 'x'.repeat(200_000)]) await chat.send(text)
  expect(contents(await take(stream, 3))).toEqual(['gm', 'Grüße ☀️', 'x'.repeat(200_000)])
  await using again = await createClient(secret, { url: url() })
  expect([alice.promptCount, again.promptCount]).toEqual([2, 1])
  const [found] = await again.conversations()
  await found?.send('from my other device')
  expect(contents(await chat.messages({ limit: 1, direction: 'descending' }))).toEqual([
    'from my other device',
  ])
  expect(await bob.canMessage([alice.address, bob.address])).toEqual([true, true])
})

test('a history longer than one page comes whole and in order', async () => {
  await using alice = await createClient(randomBytes(32), { url: url() })
  await using bob = await createClient(randomBytes(32), { url: url() })
  const chat = await alice.newConversation(bob.address)
  const texts = Array.from({ length: 230 }, (_, index) => `message ${index}`)
  for (const text of texts) await chat.send(text)
  const [here] = await bob.conversations()
  expect(contents((await here?.messages()) ?? [])).toEqual(texts)
})

const ways: Readonly<Record<string, (where: string) => Promise<Transport | undefined>>> = {
  JSON: async () => undefined,
  'gRPC-Web': grpcWebTransport,
  gRPC: grpcTransport,
}

test.each(Object.entries(ways))(
  'over %s a stream survives a restart of the node and loses nothing',
  async (_, way) => {
    const port = new URL(url()).port
    const transport = await way(url())
    await using alice = await createClient(randomBytes(32), { url: url() })
    await using bob = await createClient(randomBytes(32), { url: url(), transport })
    const chat = await alice.newConversation(bob.address)
    const states: string[] = []
    const stream = await bob.streamAllMessages({ onStateChange: ({ kind }) => states.push(kind) })
    await chat.send('before')
    expect(
      contents(await take({ [Symbol.asyncIterator]: () => ({ next: () => stream.next() }) }, 1)),
    ).toEqual(['before'])
    await node.kill()
    node = await start(port)
    await chat.send('after')
    expect(contents(await take(stream, 1))).toEqual(['after'])
    expect(states).toContain('reconnecting')
    await stream.return?.()
    await transport?.[Symbol.asyncDispose]()
  },
)

test.each(Object.entries(ways))(
  'over %s a stream that is cut again and again brings everything once and in order',
  async (_, way) => {
    const { unit } = seededRandom(5)
    await using proxy = await startCuttingProxy(url(), () => 8_000 + Math.floor(unit() * 8_000))
    const transport = await way(proxy.url)
    await using alice = await createClient(randomBytes(32), { url: url() })
    await using bob = await createClient(randomBytes(32), { url: proxy.url, transport })
    const chat = await alice.newConversation(bob.address)
    await chat.send('0')
    const received: unknown[] = []
    const stream = await bob.streamAllMessages()
    const reading = (async () => {
      for await (const message of stream) {
        received.push(...contents([message]))
        if (received.length === 120) break
      }
    })()
    for (let n = 1; n <= 120; n++) await chat.send(`${n}`)
    await reading
    expect(received).toEqual(Array.from({ length: 120 }, (_, n) => `${n + 1}`))
    expect(proxy.cuts()).toBeGreaterThan(3)
    await transport?.[Symbol.asyncDispose]()
  },
)

test('a message over the limit is refused before it travels, and a node that is down is named', async () => {
  await using alice = await createClient(randomBytes(32), { url: url() })
  await using bob = await createClient(randomBytes(32), { url: url() })
  const chat = await alice.newConversation(bob.address)
  await expect(chat.send('x'.repeat(1_100_000))).rejects.toMatchObject({
    code: 'envelope/message-too-big',
  })
  await node.kill()
  await expect(createClient(randomBytes(32), { url: url() })).rejects.toMatchObject({
    name: 'TransportError',
    code: 'transport/unavailable',
  })
})
