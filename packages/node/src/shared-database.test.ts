// Nodes of one operator on one real PostgreSQL.

import { noPostgres, type PostgresCluster, startPostgres } from '@posthorn/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient, LiveStream } from './contract/api-client.ts'
import { clientOf, protocols, startTestNode, type TestNode } from './contract/test-node.ts'

let cluster: PostgresCluster | undefined

beforeAll(async () => {
  if (noPostgres === undefined) cluster = await startPostgres()
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

async function startNodes(count: number): Promise<TestNode[]> {
  const url = (await cluster?.createDatabase()) ?? ''
  const flags = { store: 'postgres', 'database-url': url }
  const nodes: TestNode[] = []
  while (nodes.length < count) nodes.push(await startTestNode(flags))
  return nodes
}

async function publish(client: ApiClient, text: string): Promise<number> {
  const envelope = { contentTopic: 'a', timestampNs: 1n, message: Buffer.from(text) }
  return (await client.publish([envelope])).status
}

async function texts(live: LiveStream, count: number): Promise<string[]> {
  const seen: string[] = []
  while (seen.length < count) {
    const next = await live.next()
    if (next === undefined) break
    if (next.contentTopic !== '') seen.push(Buffer.from(next.message).toString())
  }
  return seen
}

describe.skipIf(noPostgres !== undefined)(`nodes of one database ${noPostgres ?? ''}`, () => {
  test('bring what each of them took to the streams of all, in one order', async () => {
    const nodes = await startNodes(3)
    const streams = await Promise.all(
      nodes.flatMap((node) => protocols.map((name) => clientOf(node, name).subscribe(['a']))),
    )
    const writers = nodes.map(async ({ grpc }, node) => {
      for (let n = 0; n < 40; n++) expect(await publish(grpc, `${node} ${n}`)).toBe(0)
    })
    const [first = [], ...others] = await Promise.all(streams.map((live) => texts(live, 120)))
    await Promise.all(writers)
    expect(new Set(first)).toHaveLength(120)
    for (const other of others) expect(other).toEqual(first)
    for (const live of streams) live.cancel()
    for (const node of nodes) await node[Symbol.asyncDispose]()
  })

  test('bring what is never stored to the streams of all, too, of any size', async () => {
    const [one, two] = (await startNodes(2)) as [TestNode, TestNode]
    const contentTopic = '/xmtp/0/mE-1/proto'
    const streams = await Promise.all(
      [one, two].flatMap((node) =>
        protocols.map((name) => clientOf(node, name).subscribe([contentTopic])),
      ),
    )
    const sent = ['typing', 'x'.repeat(1_000_000), 'done']
    for (const [n, text] of sent.entries()) {
      const envelope = { contentTopic, timestampNs: BigInt(n), message: Buffer.from(text) }
      expect((await two.grpc.publish([envelope])).status).toBe(0)
      for (const live of streams) expect(await texts(live, 1)).toEqual([text])
    }
    for (const live of streams) live.cancel()
    for (const node of [one, two]) await node[Symbol.asyncDispose]()
  })

  test('show a stream nothing of what was acknowledged before it began', async () => {
    const [node] = (await startNodes(1)) as [TestNode]
    for (let round = 0; round < 25; round++) {
      const topic = `round ${round}`
      const envelope = { contentTopic: topic, timestampNs: 1n, message: Buffer.from('before') }
      await node.grpc.publish([envelope])
      const live = await node.grpc.subscribe([topic])
      await node.grpc.publish([{ ...envelope, message: Buffer.from('after') }])
      expect(await texts(live, 1)).toEqual(['after'])
      live.cancel()
    }
    await node[Symbol.asyncDispose]()
  })

  test('let a stream that began on one go on at another', async () => {
    const [one, two] = (await startNodes(2)) as [TestNode, TestNode]
    const fromNow = { logId: '', afterSequence: undefined, positions: [] }
    const first = await one.grpc.subscribe(['a'], fromNow)
    const { logId = '' } = (await first.next()) ?? {}
    await publish(two.grpc, 'early')
    const { sequence: afterSequence = 0n } = (await first.next()) ?? {}
    await one[Symbol.asyncDispose]()
    await publish(two.json, 'meanwhile')
    const second = await two.json.subscribe(['a'], { logId, afterSequence, positions: [] })
    await publish(two.grpc, 'late')
    expect(await texts(second, 2)).toEqual(['meanwhile', 'late'])
    second.cancel()
    await two[Symbol.asyncDispose]()
  })

  test('refuse publishes while the database is away, and recover with their streams', async () => {
    const [one, two] = (await startNodes(2)) as [TestNode, TestNode]
    const live = await one.grpc.subscribe(['a'])
    expect(await publish(two.grpc, 'before')).toBe(0)
    await cluster?.crash()
    expect(await publish(two.grpc, 'away')).toBe(14)
    await cluster?.start()
    let attempts = 0
    while ((await publish(two.grpc, 'after')) !== 0 && ++attempts < 100) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const seen = await texts(live, 2)
    expect(seen[0]).toBe('before')
    expect(seen.at(-1)).toBe('after')
    live.cancel()
    for (const node of [one, two]) await node[Symbol.asyncDispose]()
  })
})
