import { createHash } from 'node:crypto'
import { createMemoryStore } from '@posthorn/store'
import { NumberedEnvelope } from '@posthorn/wire'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startTestNode } from './contract/test-node.ts'
import { type Delivery, deliveryOf } from './delivery.ts'
import { createDispatcher } from './dispatcher.ts'
import type { TopicStarts } from './progress.ts'
import { Subscription, type SubscriptionEnd } from './subscription.ts'

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest()

/** A store with its dispatcher, as a node has them. */
function createWorld({ maxBytes = 2_000, maxLag = 1_000, isShared = false } = {}) {
  const store = createMemoryStore({ sha256 })
  const dispatcher = createDispatcher()
  let stampNs = 0n
  const append = async (contentTopic: string, lengthBytes = 1): Promise<number> => {
    const envelope = { contentTopic, timestampNs: ++stampNs, message: new Uint8Array(lengthBytes) }
    const [result] = await store.append([envelope])
    late.push(deliveryOf(envelope, result?.sequence))
    if (isShared) dispatcher.acknowledge(result?.sequence ?? 0)
    else flush()
    return result?.sequence ?? 0
  }
  // What a shared store has taken comes back a moment later.
  const late: Delivery[] = []
  const flush = () => dispatcher.dispatch(late.splice(0))
  const leaving = new AbortController()
  const ends: SubscriptionEnd[] = []
  const open = (starts: TopicStarts, logId?: string) =>
    new Subscription(
      { dispatcher, store, maxBytes, maxLag },
      { starts, logId, signal: leaving.signal, onEnd: (reason) => ends.push(reason) },
    )
  return { store, dispatcher, append, flush, leaving, ends, open }
}

type Seen = { readonly topic: string; readonly sequence: number; readonly logId: string }

async function* seenOf(subscription: Subscription): AsyncGenerator<Seen, void> {
  for await (const batch of subscription.batches()) {
    for (const message of batch) {
      const { contentTopic, sequence, logId } = NumberedEnvelope.decode(
        message.grpcFrame().subarray(5),
      )
      yield { topic: contentTopic, sequence: Number(sequence), logId }
    }
  }
}

async function take(seen: AsyncGenerator<Seen, void>, count: number): Promise<Seen[]> {
  const taken: Seen[] = []
  while (taken.length < count) {
    const { value } = await seen.next()
    if (value === undefined) break
    taken.push(value)
  }
  return taken
}

const envelope = (topic: string, sequence: number): Seen => ({ topic, sequence, logId: '' })
const mark = (sequence: number): Seen => ({ topic: '', sequence, logId: 'log' })

describe('subscription', () => {
  test('resumes behind a sequence, marks where the past ends, and goes on live', async () => {
    const { append, open } = createWorld()
    for (const topic of ['a', 'b', 'a', 'a']) await append(topic)
    const seen = seenOf(open(new Map([['a', 1]]), 'log'))
    expect(await take(seen, 4)).toEqual([mark(0), envelope('a', 3), envelope('a', 4), mark(4)])
    await append('b')
    await append('a')
    expect(await take(seen, 1)).toEqual([envelope('a', 6)])
  })

  test('begins now without a start, numbered and marked', async () => {
    const { append, open } = createWorld()
    await append('a')
    const seen = seenOf(open(new Map([['a', undefined]]), 'log'))
    expect(await take(seen, 1)).toEqual([mark(1)])
    await append('a')
    expect(await take(seen, 1)).toEqual([envelope('a', 2)])
  })

  test('gives a topic that joins its past, and the others nothing twice', async () => {
    const { append, open } = createWorld()
    await append('b')
    const subscription = open(new Map([['a', undefined]]), 'log')
    const seen = seenOf(subscription)
    await append('a')
    await append('b')
    subscription.setTopics(
      new Map([
        ['a', 0],
        ['b', 0],
      ]),
      'log',
    )
    await append('b')
    const all = await take(seen, 6)
    expect(all.filter(({ topic }) => topic !== '')).toEqual(
      expect.arrayContaining([1, 3, 4].map((n) => envelope('b', n))),
    )
    expect(all.filter(({ topic }) => topic === 'a')).toEqual([envelope('a', 2)])
  })

  test('begins behind what was acknowledged, and a topic that joins has its past all the same', async () => {
    const { append, flush, open } = createWorld({ isShared: true })
    for (const topic of ['a', 'b']) await append(topic)
    const subscription = open(new Map([['a', undefined]]), 'log')
    const seen = seenOf(subscription)
    expect(await take(seen, 1)).toEqual([mark(2)])
    subscription.setTopics(
      new Map([
        ['a', undefined],
        ['b', 0],
      ]),
      'log',
    )
    const reading = take(seen, 4)
    await turn()
    flush()
    await append('a')
    flush()
    const all = await reading
    expect(all.filter(({ topic }) => topic !== '')).toEqual([envelope('b', 2), envelope('a', 3)])
  })

  test('old clients get envelopes as they always were, and no marks', async () => {
    const { append, open } = createWorld()
    await append('a')
    const batches = open(new Map([['a', undefined]])).batches()
    const next = batches.next()
    await append('a')
    const [message] = (await next).value ?? []
    expect(JSON.parse(message?.jsonLine().toString() ?? '')).toEqual({
      result: { contentTopic: 'a', timestampNs: '2', message: 'AA==' },
    })
  })

  test('a reader that was too slow is given from the store what it missed', async () => {
    const { append, open, ends } = createWorld()
    const seen = seenOf(open(new Map([['a', undefined]]), 'log'))
    await take(seen, 1)
    for (let n = 0; n < 700; n++) await append(n % 2 === 0 ? 'a' : 'b', 100)
    const sequences = (await take(seen, 350)).map(({ sequence }) => sequence)
    expect(sequences).toEqual(Array.from({ length: 350 }, (_, n) => 2 * n + 1))
    await append('a')
    expect(await take(seen, 1)).toEqual([envelope('a', 701)])
    expect(ends).toEqual([])
  })

  test('a reader that is too far behind is told where to resume', async () => {
    const { append, open, ends } = createWorld({ maxLag: 20 })
    const batches = open(new Map([['a', undefined]])).batches()
    for (let n = 0; n < 60; n++) await append('a', 100)
    const reading = Array.fromAsync(batches)
    await expect(reading).rejects.toMatchObject({ code: 'stream/too-far-behind' })
    expect(ends).toEqual(['too-slow'])
  })

  test('ends when its client has gone, though nobody iterates it', () => {
    const { leaving, ends, open } = createWorld()
    open(new Map([['a', undefined]]))
    leaving.abort()
    expect(ends).toEqual(['client-gone'])
  })

  test('ends at once for a client that has gone already', async () => {
    const { leaving, open } = createWorld()
    leaving.abort()
    const subscription = open(new Map([['a', undefined]]))
    subscription.setTopics(new Map([['b', 0]]))
    expect(await Array.fromAsync(subscription.batches())).toEqual([])
  })

  test('ends with the error it is given, after what waits', async () => {
    const { append, ends, open } = createWorld()
    const subscription = open(new Map([['a', undefined]]))
    await append('a')
    subscription.end(new RangeError('bad request'))
    const batches = subscription.batches()
    expect((await batches.next()).value).toHaveLength(1)
    await expect(batches.next()).rejects.toThrow('bad request')
    expect(ends).toEqual(['client-done'])
  })

  test('ends with the failure of the store', async () => {
    const { store, append, open, ends } = createWorld()
    await append('a')
    const batches = open(new Map([['a', 0]])).batches()
    await store[Symbol.asyncDispose]()
    await expect(batches.next()).rejects.toMatchObject({ code: 'store/closed' })
    expect(ends).toEqual(['failed'])
  })
})

// Steps of a random history; ticks let the others run in between.
type Step =
  | { readonly kind: 'append'; readonly topic: string; readonly lengthBytes: number }
  | { readonly kind: 'topics'; readonly starts: readonly (number | undefined | null)[] }

const names = ['a', 'b', 'c']
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      topic: fc.constantFrom(...names),
      lengthBytes: fc.constantFrom(1, 300),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('topics' as const),
      // For each topic: not there, from now, or from behind a share of what there is.
      starts: fc.array(fc.constantFrom(null, undefined, 0, 0.5, 1), { minLength: 3, maxLength: 3 }),
    }),
  },
)
const history = fc.array(fc.tuple(step, fc.nat(6)), { minLength: 30, maxLength: 120 })

const turn = () => new Promise((resolve) => setImmediate(resolve))

function countOf(byTopic: ReadonlyMap<string, Set<number> | number[]>): number {
  return [...byTopic.values()].reduce((sum, each) => sum + new Set(each).size, 0)
}

async function ticks(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await Promise.resolve()
}

test.each([false, true])(
  'in any history each topic brings what it is to bring, once and in order; shared store: %s',
  async (isShared) => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(fc.nat(40), { minLength: 1 }), async (steps, pauses) => {
        const world = createWorld({ maxLag: 1e6, isShared })
        const { append, flush, open, dispatcher, leaving } = world
        for (let n = 0; n < 5; n++) await append(names[n % 3] ?? 'a')
        flush()
        const subscription = open(new Map([['a', 2]]), 'log')
        const wanted = new Map<string, Set<number>>(names.map((name) => [name, new Set()]))
        wanted.get('a')?.add(4)
        const got = new Map<string, number[]>(names.map((name) => [name, []]))
        let topics = new Set(['a'])
        const rows: { topic: string; sequence: number }[] = []
        for (let n = 0; n < 5; n++) rows.push({ topic: names[n % 3] ?? 'a', sequence: n + 1 })

        const reading = (async () => {
          let at = 0
          for await (const { topic, sequence } of seenOf(subscription)) {
            got.get(topic)?.push(sequence)
            await ticks(pauses[at++ % pauses.length] ?? 0)
          }
        })()
        for (const [each, pause] of steps) {
          if (each.kind === 'append') {
            const sequence = await append(each.topic, each.lengthBytes)
            rows.push({ topic: each.topic, sequence })
            if (topics.has(each.topic)) wanted.get(each.topic)?.add(sequence)
          } else {
            const starts = new Map<string, number | undefined>()
            for (const [index, share] of each.starts.entries()) {
              const name = names[index] ?? 'a'
              if (share === null && !topics.has(name)) continue
              const after = share === undefined ? undefined : Math.floor((share ?? 0) * rows.length)
              starts.set(name, after)
              if (topics.has(name) || after === undefined) continue
              for (const row of rows) {
                if (row.topic === name && row.sequence > after) wanted.get(name)?.add(row.sequence)
              }
            }
            // What has yet to come back is not for topics that are gone.
            if ([...topics].some((name) => !starts.has(name))) flush()
            subscription.setTopics(starts, 'log')
            topics = new Set(starts.keys())
          }
          await ticks(pause)
          if (pause % 3 === 0) flush()
        }
        flush()
        for (let n = 0; n < 200 && countOf(got) < countOf(wanted); n++) await turn()
        subscription.end()
        await reading
        leaving.abort()
        expect(dispatcher.size()).toBe(0)
        for (const name of names) {
          expect(got.get(name)).toEqual([...(wanted.get(name) ?? [])].sort((a, b) => a - b))
        }
      }),
      { numRuns: 500 },
    )
  },
)

test('a reader that keeps up gets a burst whole, and in the order of the store', async () => {
  await using testNode = await startTestNode()
  const { grpc } = testNode
  const streams = await Promise.all(testNode.clients.map((each) => each.subscribe(['burst'])))
  const publishes = Array.from({ length: 10 }, (_, publish) =>
    Array.from({ length: 1_000 }, (_, index) => ({
      contentTopic: 'burst',
      timestampNs: BigInt(publish * 1_000 + index),
      message: Buffer.alloc(200, publish),
    })),
  )
  await Promise.all(publishes.map((envelopes) => grpc.publish(envelopes)))
  const read = streams.map(async (stream) => {
    const stamps: (bigint | undefined)[] = []
    while (stamps.length < 10_000) stamps.push((await stream.next())?.timestampNs)
    return stamps
  })
  const [first, ...others] = await Promise.all(read)
  expect(new Set(first)).toHaveLength(10_000)
  for (const other of others) expect(other).toEqual(first)
  for (const stream of streams) stream.cancel()
})
