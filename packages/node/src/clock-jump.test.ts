// What a machine's clock does, a node bears: an hour back, a day ahead, and the right time again.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { conversationTopic } from '@posthorn/envelope'
import { createMemoryStore } from '@posthorn/store'
import { createVirtualClock, temporaryDirectory } from '@posthorn/testing'
import { describe, expect, test } from 'vitest'
import { createRetention } from './admin/retention.ts'
import type { LiveStream } from './contract/api-client.ts'
import { createTestAccount } from './contract/test-account.ts'
import { clientOf, protocols, startTestNode, type TestNode } from './contract/test-node.ts'
import { createSteadyClock } from './steady-clock.ts'

const [hourMs, dayMs] = [3_600_000, 86_400_000]
const jumps = [
  ['an hour back', -hourMs],
  ['a day ahead', dayMs],
] as const
const topic = conversationTopic('clock')

function publish({ grpc }: TestNode, text: string) {
  return grpc.publish([{ contentTopic: topic, timestampNs: 1n, message: Buffer.from(text) }])
}

async function take(live: LiveStream, count: number): Promise<string[]> {
  const texts: string[] = []
  while (texts.length < count) {
    const next = await live.next()
    if (next === undefined) break
    if (next.contentTopic !== '') texts.push(Buffer.from(next.message).toString())
  }
  return texts
}

async function texts({ grpc }: TestNode): Promise<string[]> {
  const all: string[] = []
  const direction = 1
  let pagingInfo: NonNullable<Parameters<typeof grpc.query>[0]['pagingInfo']> | undefined = {
    limit: 2,
    cursor: undefined,
    direction,
  }
  while (pagingInfo !== undefined) {
    const { reply } = await grpc.query({ contentTopics: [topic], pagingInfo })
    all.push(...(reply?.envelopes ?? []).map(({ message }) => Buffer.from(message).toString()))
    const cursor = reply?.pagingInfo?.cursor
    pagingInfo = cursor === undefined ? undefined : { limit: 2, cursor, direction }
  }
  return all.sort()
}

/** A node on a store of its own, whose clock the test sets, and its admin API. */
async function startJumpingNode(flags: Record<string, unknown> = {}) {
  const directory = await temporaryDirectory()
  const clock = createVirtualClock()
  const node = await startTestNode({ store: 'sqlite', data: directory.path, ...flags }, { clock })
  const token = await readFile(join(directory.path, 'admin.token'), 'utf8')
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${node.node.adminUrl}/admin/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token.trim()}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return JSON.parse((await response.text()).trim().split('\n').at(-1) ?? '')
  }
  return {
    node,
    clock,
    ask,
    [Symbol.asyncDispose]: async () => {
      await node[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
}

describe.each(jumps)('a node whose clock goes %s', (_, jumpMs) => {
  test.each(protocols)(
    'keeps its streams, their places and its pages over %s',
    async (protocol) => {
      await using world = await startJumpingNode()
      const { node, clock, ask } = world
      const client = clientOf(node, protocol)
      const fromStart = { logId: '', afterSequence: 0n, positions: [] }
      const live = await client.subscribe([topic], fromStart)
      const { logId = '' } = (await live.next()) ?? {}
      await publish(node, 'a')
      clock.shiftWallClock(jumpMs)
      await publish(node, 'b')
      clock.shiftWallClock(-jumpMs)
      await publish(node, 'c')
      expect(await take(live, 3)).toEqual(['a', 'b', 'c'])
      live.cancel()
      const resumed = await client.subscribe([topic], { logId, afterSequence: 1n, positions: [] })
      expect(await take(resumed, 2)).toEqual(['b', 'c'])
      resumed.cancel()
      expect(await texts(node)).toEqual(['a', 'b', 'c'])
      expect(await ask('POST', 'verify')).toMatchObject({ done: { envelopes: 3, faults: [] } })
    },
  )

  test('counts allowances on as if nothing had happened', async () => {
    await using world = await startJumpingNode({ limits: 'on', 'publish-limit': '2/1' })
    const { node, clock } = world
    expect((await publish(node, 'a')).status).toBe(0)
    clock.shiftWallClock(jumpMs)
    expect((await publish(node, 'b')).status).toBe(0)
    expect((await publish(node, 'c')).code).toBe('rate/exceeded')
    clock.shiftWallClock(-jumpMs)
    expect((await publish(node, 'c')).code).toBe('rate/exceeded')
    await clock.advance(61_000)
    expect((await publish(node, 'c')).status).toBe(0)
  })

  test('refuses tokens of another time as such, and takes them when it has the right time again', async () => {
    await using world = await startJumpingNode({ auth: 'on' })
    const { node, clock } = world
    const account = await createTestAccount(1, clock.nowMs())
    const token = account.authorization(clock.nowNs())
    const envelope = { contentTopic: topic, timestampNs: 1n, message: Buffer.of(1) }
    const send = async () => (await node.grpc.publish([envelope], token)).status
    expect(await send()).toBe(0)
    clock.shiftWallClock(jumpMs)
    expect(await send()).toBe(16)
    clock.shiftWallClock(-jumpMs)
    expect(await send()).toBe(0)
  })
})

test('retention deletes nothing early when the clock goes a day ahead', async () => {
  await using world = await startJumpingNode()
  const { node, clock, ask } = world
  const rule = { key: 'retention/v2-conversation', value: { days: 1 } }
  await ask('POST', 'settings', { changes: [rule] })
  await publish(node, 'a')
  clock.shiftWallClock(dayMs + hourMs)
  await publish(node, 'b')
  expect(await ask('POST', 'retention/run')).toMatchObject({ rules: [{ envelopes: 0 }] })
  clock.shiftWallClock(-dayMs - hourMs)
  expect(await texts(node)).toEqual(['a', 'b'])
})

test('retention deletes in time what was stored while the clock was wrong', async () => {
  const machine = createVirtualClock()
  const clock = createSteadyClock(machine, () => undefined)
  const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())
  const store = createMemoryStore({ sha256, clock })
  const events = { pruned: () => undefined, pruneFailed: () => undefined }
  using _retention = createRetention({ store, clock, events })
  const values = new Map([['retention/v2-conversation', { days: 1 }]])
  await store.settings.change({ values, actor: 'test', atNs: clock.nowNs() })
  machine.shiftWallClock(30 * dayMs)
  await store.append([{ contentTopic: topic, timestampNs: 1n, message: Buffer.of(1) }])
  machine.shiftWallClock(-30 * dayMs)
  await machine.advance(dayMs - hourMs)
  expect((await store.counts()).envelopes).toBe(1)
  await machine.advance(2 * hourMs)
  expect((await store.counts()).envelopes).toBe(0)
})
