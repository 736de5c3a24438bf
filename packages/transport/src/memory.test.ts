import { createHash } from 'node:crypto'
import type { Envelope } from '@posthorn/envelope'
import { expect, test } from 'vitest'
import { testTransport } from './contract.ts'
import { createMemoryNetwork } from './memory.ts'

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest()
const envelope = (contentTopic: string, time: number): Envelope => ({
  contentTopic,
  timestampNs: BigInt(time),
  message: Uint8Array.of(time % 256),
})

test('query pages through a topic in both directions without gap or double', async () => {
  const transport = createMemoryNetwork({ sha256 }).connect()
  await transport.publish([3, 1, 2, 5, 4, 3].map((time) => envelope('t', time)))
  for (const direction of ['ascending', 'descending'] as const) {
    const times: bigint[] = []
    let page = await transport.query({ topics: ['t'], limit: 2, direction })
    times.push(...page.envelopes.map((each) => each.timestampNs))
    while (page.nextCursor !== undefined) {
      page = await transport.query({ topics: ['t'], limit: 2, direction, cursor: page.nextCursor })
      times.push(...page.envelopes.map((each) => each.timestampNs))
    }
    expect(times).toEqual(direction === 'ascending' ? [1n, 2n, 3n, 4n, 5n] : [5n, 4n, 3n, 2n, 1n])
  }
})

test('query includes both ends of the time range and is newest first by default', async () => {
  const transport = createMemoryNetwork({ sha256 }).connect()
  await transport.publish([1, 2, 3, 4].map((time) => envelope('t', time)))
  const page = await transport.query({ topics: ['t'], startNs: 2n, endNs: 3n })
  expect(page.envelopes.map((each) => each.timestampNs)).toEqual([3n, 2n])
})

test('query refuses times that the wire cannot carry', async () => {
  const transport = createMemoryNetwork({ sha256 }).connect()
  const refused = { code: 'transport/invalid-argument' }
  await expect(transport.query({ topics: ['t'], startNs: -1n })).rejects.toMatchObject(refused)
  await expect(transport.query({ topics: ['t'], endNs: 2n ** 64n })).rejects.toMatchObject(refused)
})

test('subscribe delivers what is published after it opened, once, and breaks when dropped', async () => {
  const network = createMemoryNetwork({ sha256 })
  const transport = network.connect()
  await transport.publish([envelope('t', 1)])
  const stream = transport.subscribe(['t'])[Symbol.asyncIterator]()
  const first = stream.next()
  await transport.publish([envelope('t', 2), envelope('t', 2), envelope('u', 3)])
  expect((await first).value).toMatchObject({ timestampNs: 2n })
  const second = stream.next()
  network.dropStreams()
  await expect(second).rejects.toMatchObject({ code: 'transport/unavailable' })
})

test('ephemeral topics are delivered and not stored', async () => {
  const network = createMemoryNetwork({ sha256 })
  const transport = network.connect()
  const topic = '/xmtp/0/mE-1/proto'
  const first = transport.subscribe([topic])[Symbol.asyncIterator]().next()
  await transport.publish([envelope(topic, 1)])
  expect((await first).value).toMatchObject({ contentTopic: topic })
  expect(network.stored).toEqual([])
})

testTransport('network in memory', async () => ({
  connect: createMemoryNetwork({ sha256 }).connect,
  [Symbol.asyncDispose]: async () => undefined,
}))
