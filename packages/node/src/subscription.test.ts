import { describe, expect, test } from 'vitest'
import { startTestNode } from './contract/test-node.ts'
import { type Delivery, deliveryOf } from './delivery.ts'
import { createDispatcher } from './dispatcher.ts'
import { createMailbox } from './mailbox.ts'
import { openSubscription, type SubscriptionEnd } from './subscription.ts'

function delivery(lengthBytes: number): Delivery {
  return deliveryOf({ contentTopic: 'a', timestampNs: 1n, message: new Uint8Array(lengthBytes) })
}

describe('mailbox', () => {
  test('gives what waits in one batch, and waits when empty', async () => {
    const mailbox = createMailbox(1_000)
    const [one, two, three] = [delivery(1), delivery(1), delivery(1)]
    const early = mailbox.take()
    mailbox.put(one)
    expect(await early).toEqual([one])
    mailbox.put(two)
    mailbox.put(three)
    expect(await mailbox.take()).toEqual([two, three])
  })

  test('is full by bytes, those around a message counted too', () => {
    const mailbox = createMailbox(1_000)
    expect([0, 0, 0, 0].map((size) => mailbox.put(delivery(size)))).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  test('holds one delivery of any size', async () => {
    const mailbox = createMailbox(1_000)
    expect([5_000, 1].map((size) => mailbox.put(delivery(size)))).toEqual([true, false])
    await mailbox.take()
    expect([300, 100, 1].map((size) => mailbox.put(delivery(size)))).toEqual([true, true, false])
  })

  test('gives what waits after it closed, then nothing', async () => {
    const mailbox = createMailbox(1_000)
    mailbox.put(delivery(1))
    mailbox.close()
    expect(mailbox.put(delivery(1))).toBe(false)
    expect(await mailbox.take()).toHaveLength(1)
    expect(await mailbox.take()).toBeUndefined()
  })

  test('wakes who waits when it closes', async () => {
    const mailbox = createMailbox(1_000)
    const waiting = mailbox.take()
    mailbox.close()
    expect(await waiting).toBeUndefined()
  })
})

describe('subscription', () => {
  const maxBytes = 600

  function open() {
    const dispatcher = createDispatcher()
    const leaving = new AbortController()
    const ends: SubscriptionEnd[] = []
    const subscription = openSubscription(dispatcher, {
      topics: ['a'],
      maxBytes,
      signal: leaving.signal,
      onEnd: (reason) => ends.push(reason),
    })
    return { dispatcher, leaving, ends, subscription }
  }

  test('ends when it is too slow, once, after what it has room for', async () => {
    const { dispatcher, ends, subscription } = open()
    dispatcher.dispatch([delivery(1), delivery(1), delivery(1), delivery(1)])
    const batches = await Array.fromAsync(subscription.batches())
    expect(batches.flat()).toHaveLength(2)
    expect(ends).toEqual(['too-slow'])
  })

  test('ends when its client has gone, though nobody iterates it', () => {
    const { leaving, ends } = open()
    leaving.abort()
    expect(ends).toEqual(['client-gone'])
  })

  test('ends at once for a client that has gone already', async () => {
    const leaving = new AbortController()
    leaving.abort()
    const { signal } = leaving
    const subscription = openSubscription(createDispatcher(), { topics: ['a'], maxBytes, signal })
    subscription.replaceTopics(['b'])
    expect(await Array.fromAsync(subscription.batches())).toEqual([])
  })

  test('ends with the error it is given, after what waits', async () => {
    const { dispatcher, ends, subscription } = open()
    dispatcher.dispatch([delivery(1)])
    subscription.end(new RangeError('bad request'))
    const batches = subscription.batches()
    expect((await batches.next()).value).toHaveLength(1)
    await expect(batches.next()).rejects.toThrow('bad request')
    expect(ends).toEqual(['client-done'])
  })
})

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
