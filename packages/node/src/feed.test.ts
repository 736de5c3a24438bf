import { createHash } from 'node:crypto'
import { StorageError } from '@posthorn/errors'
import { createMemoryStore, type Store } from '@posthorn/store'
import { expect, test } from 'vitest'
import type { LiveStream } from './contract/api-client.ts'
import { startTestNode } from './contract/test-node.ts'

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest()

/** One store that several nodes of this process append to. */
function createSharedStore() {
  const own = createMemoryStore({ sha256 })
  const listeners = new Set<() => void>()
  let isAway = false
  const notify = (): void => {
    for (const listener of listeners) listener()
  }
  const open = (): Store => ({
    writers: 'shared',
    settings: own.settings,
    upkeep: own.upkeep,
    append: async (envelopes) => {
      const results = await own.append(envelopes)
      notify()
      return results
    },
    range: (query) => own.range(query),
    tail: async (query) => {
      if (isAway) throw new StorageError('store/unavailable', 'Read: the database is away')
      return own.tail(query)
    },
    scan: () => own.scan(),
    counts: () => own.counts(),
    onArrival: (listener) => {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    broadcast: (envelopes) => own.broadcast(envelopes),
    onBroadcast: (listener) => own.onBroadcast(listener),
    [Symbol.asyncDispose]: async () => {},
  })
  return {
    openStore: async () => open(),
    setAway: (value: boolean) => {
      isAway = value
    },
    listeners,
  }
}

async function texts(live: LiveStream, count: number): Promise<string[]> {
  const seen: string[] = []
  while (seen.length < count) seen.push(Buffer.from((await live.next())?.message ?? []).toString())
  return seen
}

const named = (text: string, contentTopic = 'a') => ({
  contentTopic,
  timestampNs: 1n,
  message: Buffer.from(text),
})

test('nodes of one store bring to their streams what each of them took, in one order', async () => {
  const { openStore, listeners } = createSharedStore()
  {
    await using one = await startTestNode({}, { openStore })
    await using two = await startTestNode({}, { openStore })
    const nodes = [one, two]
    const streams = await Promise.all(nodes.map(({ grpc }) => grpc.subscribe(['a'])))
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => nodes[n % 2]?.grpc.publish([named(`${n}`)])),
    )
    const [first = [], second] = await Promise.all(streams.map((live) => texts(live, 200)))
    expect(second).toEqual(first)
    expect(new Set(first)).toHaveLength(200)
    for (const live of streams) live.cancel()
  }
  expect(listeners.size).toBe(0)
})

test('what is not stored reaches the streams of every node once', async () => {
  const { openStore } = createSharedStore()
  await using one = await startTestNode({}, { openStore })
  await using two = await startTestNode({}, { openStore })
  const topic = '/xmtp/0/mE-1/proto'
  const streams = await Promise.all([one, two].map(({ grpc }) => grpc.subscribe([topic, 'a'])))
  await one.grpc.publish([named('typing', topic), named('text')])
  for (const live of streams) expect((await texts(live, 2)).sort()).toEqual(['text', 'typing'])
  await two.grpc.publish([named('end', topic)])
  for (const live of streams) {
    expect(await texts(live, 1)).toEqual(['end'])
    live.cancel()
  }
})

test('streams go on when the store is back', async () => {
  const { openStore, setAway } = createSharedStore()
  await using node = await startTestNode({}, { openStore })
  const live = await node.grpc.subscribe(['a'])
  setAway(true)
  await node.grpc.publish([named('meanwhile')])
  setAway(false)
  expect(await texts(live, 1)).toEqual(['meanwhile'])
  live.cancel()
})
