import { SubscribeRequest } from '@posthorn/wire'
import { describe, expect, test } from 'vitest'
import type { LiveStream } from './contract/api-client.ts'
import { frameOf } from './contract/frames.ts'
import { liveStreamOf } from './contract/grpc-client.ts'
import { clientOf, protocols, startTestNode, type TestNode } from './contract/test-node.ts'

function topics(count: number, name = 'topic'): string[] {
  return Array.from({ length: count }, (_, n) => `${name} ${n}`)
}

async function publish({ grpc }: TestNode, contentTopic: string): Promise<void> {
  const { status } = await grpc.publish([{ contentTopic, timestampNs: 1n, message: Buffer.of(1) }])
  expect(status).toBe(0)
}

async function heldTopics({ url }: TestNode): Promise<number> {
  const response = await fetch(`${url}/status.json`)
  const { heldTopics } = (await response.json()) as { heldTopics: number }
  return heldTopics
}

async function endOf(live: LiveStream) {
  while ((await live.next()) !== undefined);
  const { status, message } = live.outcome()
  return { status, message }
}

const tooMany = { status: 8, message: expect.stringContaining('of this address') }
const nodeFull = { status: 8, message: expect.stringContaining('of the node') }

describe.each(protocols)('topics of streams over %s', (protocol) => {
  test('are bounded for one address, and free again when a stream ends', async () => {
    await using node = await startTestNode({ limits: 'on', 'max-client-topics': 100 })
    const client = clientOf(node, protocol)
    const first = await client.subscribe(topics(80))
    expect(await heldTopics(node)).toBe(90)
    const second = await client.subscribe(topics(80))
    expect(await endOf(second)).toEqual(tooMany)
    // The first goes on.
    await publish(node, 'topic 7')
    expect(await first.next()).toMatchObject({ contentTopic: 'topic 7' })
    first.cancel()
    await expect.poll(() => heldTopics(node)).toBe(0)
    const third = await client.subscribe(topics(80))
    expect(third.isSubscribed).toBe(true)
    third.cancel()
  })

  test('are bounded for the node, which says when to come back', async () => {
    await using node = await startTestNode({ limits: 'off', 'max-topics': 100 })
    const client = clientOf(node, protocol)
    const first = await client.subscribe(topics(80))
    const second = await client.subscribe(topics(11))
    expect(await endOf(second)).toEqual(nodeFull)
    first.cancel()
  })
})

test('topics that Subscribe2 asks for later are bounded, too', async () => {
  await using node = await startTestNode({ limits: 'on', 'max-client-topics': 100 })
  const call = node.grpc.open('/xmtp.message_api.v1.MessageApi/Subscribe2')
  const ask = (contentTopics: string[]) =>
    call.write(frameOf(SubscribeRequest.encode({ contentTopics, resume: undefined }).finish()))
  const live = await liveStreamOf(call)
  ask(topics(80))
  ask(topics(80, 'other'))
  await expect.poll(() => heldTopics(node)).toBe(90)
  await publish(node, 'other 79')
  expect(await live.next()).toMatchObject({ contentTopic: 'other 79' })
  ask(topics(91))
  expect(await endOf(live)).toEqual(tooMany)
  await expect.poll(() => heldTopics(node)).toBe(0)
})

test('a refusal of a full node has a retry-after header', async () => {
  await using node = await startTestNode({ 'max-topics': 20 })
  const body = JSON.stringify({ contentTopics: topics(11) })
  const response = await fetch(`${node.url}/message/v1/subscribe`, { method: 'POST', body })
  expect(response.status).toBe(429)
  expect(response.headers.get('x-posthorn-error')).toBe('rate/node-full')
  expect(response.headers.get('retry-after')).toBe('10')
})

test('a topic that is too long for any envelope takes nothing', async () => {
  await using node = await startTestNode()
  const live = await node.grpc.subscribe(['x'.repeat(301), 'y'.repeat(300)])
  expect(await heldTopics(node)).toBe(11)
  await publish(node, 'y'.repeat(300))
  expect(await live.next()).toMatchObject({ contentTopic: 'y'.repeat(300) })
  live.cancel()
})
