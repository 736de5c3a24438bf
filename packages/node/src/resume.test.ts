import { randomUUID } from 'node:crypto'
import { seededRandom, startCuttingProxy } from '@posthorn/testing'
import { type Resume, SubscribeRequest } from '@posthorn/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LiveStream } from './contract/api-client.ts'
import { runCutScenario } from './contract/cut-scenario.ts'
import { frameOf } from './contract/frames.ts'
import { liveStreamOf } from './contract/grpc-client.ts'
import { clientOf, protocols, startTestNode, type TestNode } from './contract/test-node.ts'

let testNode: TestNode

beforeAll(async () => {
  testNode = await startTestNode()
})
afterAll(() => testNode[Symbol.asyncDispose]())

const fromStart: Resume = { logId: '', afterSequence: 0n, positions: [] }
const fromNow: Resume = { logId: '', afterSequence: undefined, positions: [] }

async function publish(contentTopic: string, ...texts: string[]): Promise<void> {
  const envelopes = texts.map((text, index) => ({
    contentTopic,
    timestampNs: BigInt(index),
    message: Buffer.from(text),
  }))
  const { status } = await testNode.grpc.publish(envelopes)
  expect(status).toBe(0)
}

/** Texts up to so many, marks as `|`. */
async function read(live: LiveStream, count: number): Promise<string> {
  const seen: string[] = []
  while (seen.length < count) {
    const next = await live.next()
    if (next === undefined) break
    seen.push(next.contentTopic === '' ? '|' : Buffer.from(next.message).toString())
  }
  return seen.join(' ')
}

describe.each(protocols)('resumable subscription over %s', (protocol) => {
  test('sends the past, a mark with the log, and goes on live', async () => {
    const topic = randomUUID()
    await publish(topic, 'a', 'b')
    const live = await clientOf(testNode, protocol).subscribe([topic], fromStart)
    expect(await read(live, 4)).toBe('| a b |')
    await publish(topic, 'c')
    expect(await live.next()).toMatchObject({
      contentTopic: topic,
      sequence: expect.any(BigInt),
      logId: '',
    })
    live.cancel()
  })

  test('resumes each topic behind its own sequence', async () => {
    const [one, two] = [randomUUID(), randomUUID()]
    const client = clientOf(testNode, protocol)
    const first = await client.subscribe([one, two], fromNow)
    const { logId = '', sequence: mark = 0n } = (await first.next()) ?? {}
    expect(logId).not.toBe('')
    await publish(one, 'a', 'b')
    await publish(two, 'c', 'd')
    expect(await read(first, 4)).toBe('a b c d')
    first.cancel()
    const positions = [{ contentTopic: two, afterSequence: mark + 3n }]
    const second = await client.subscribe([one, two], {
      logId,
      afterSequence: mark + 1n,
      positions,
    })
    expect(await read(second, 4)).toBe('| b d |')
    second.cancel()
  })

  test.each([
    ['another log', { logId: 'other', afterSequence: 1n, positions: [] }],
    ['no log', { logId: '', afterSequence: 1n, positions: [] }],
    [
      'a position of another log',
      { ...fromStart, positions: [{ contentTopic: 'a', afterSequence: 1n }] },
    ],
  ])('a sequence of %s is refused by name', async (_, resume) => {
    const live = await clientOf(testNode, protocol).subscribe(['a'], resume)
    expect(await live.next()).toBeUndefined()
    expect(live.outcome()).toMatchObject({
      status: 3,
      message: expect.stringContaining('of another log'),
    })
  })

  test('a sequence that the log has not reached, or that is no number, is refused', async () => {
    const client = clientOf(testNode, protocol)
    const first = await client.subscribe(['a'], fromNow)
    const { logId = '' } = (await first.next()) ?? {}
    first.cancel()
    for (const afterSequence of [1_000_000n, 2n ** 53n]) {
      const live = await client.subscribe(['a'], { logId, afterSequence, positions: [] })
      expect(await live.next()).toBeUndefined()
      expect(live.outcome().status).toBe(3)
    }
  })

  test('a reader cut at random bytes loses nothing and gets nothing twice', async () => {
    await using fresh = await startTestNode({ 'subscriber-bytes': 4_000 })
    const { unit } = seededRandom(11)
    const bytesBeforeCut = () => 1 + Math.floor(unit() * 6_000)
    await using proxy = await startCuttingProxy(fresh.url, bytesBeforeCut)
    const { published, received, cuts } = await runCutScenario(fresh, {
      protocol,
      cuts: 25,
      unit,
      proxy,
    })
    expect(cuts).toBeGreaterThanOrEqual(25)
    expect(received).toEqual(published)
  })
})

test('Subscribe2 gives a topic that is added its past', async () => {
  const [one, two] = [randomUUID(), randomUUID()]
  await publish(two, 'a', 'b')
  const call = testNode.grpc.open('/xmtp.message_api.v1.MessageApi/Subscribe2')
  const live = await liveStreamOf(call, true)
  const ask = (contentTopics: string[], resume: Resume) =>
    call.write(frameOf(SubscribeRequest.encode({ contentTopics, resume }).finish()))
  ask([one], fromNow)
  expect(await read(live, 1)).toBe('|')
  ask([one, two], fromStart)
  expect(await read(live, 4)).toBe('| a b |')
  await publish(one, 'c')
  expect(await read(live, 1)).toBe('c')
  live.cancel()
})
