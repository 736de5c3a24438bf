// What every transport must do. A transport's test calls this.

import { createHash } from 'node:crypto'
import type { Envelope } from '@posthorn/envelope'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { LiveEnvelope, QueryRequest, Transport } from './transport.ts'

/** A network of its own for one test. */
export type TestNetwork = AsyncDisposable & {
  /** A transport as one more client would have it. */
  connect(): Transport
}

const topic = (name: string): string => `/xmtp/0/m-${name}/proto`
const [one, two] = [topic('1'), topic('2')]

/** An envelope that differs from others by its time, or by its message. */
export function testEnvelope(contentTopic: string, time: number, message: number = time): Envelope {
  return { contentTopic, timestampNs: BigInt(time), message: Uint8Array.of(message % 256, 1) }
}

/** Describes the suite for a transport; `newNetwork` gives a new, empty network each time. */
export function testTransport(name: string, newNetwork: () => Promise<TestNetwork>): void {
  describe(`${name} keeps the contract of a transport`, () => {
    testReading(newNetwork)
    testStreams(newNetwork)
    testEnds(newNetwork)
  })
}

function testReading(newNetwork: () => Promise<TestNetwork>): void {
  const times = (envelopes: readonly Envelope[]): number[] =>
    envelopes.map(({ timestampNs }) => Number(timestampNs))

  test('default: what one client published another one reads, once however often it came', async () => {
    await using network = await newNetwork()
    const envelopes = [testEnvelope(one, 2), testEnvelope(one, 1), testEnvelope(two, 3)]
    await network.connect().publish(envelopes)
    await network.connect().publish(envelopes)
    const page = await network.connect().query({ topics: [one], direction: 'ascending' })
    expect(page).toEqual({ envelopes: [testEnvelope(one, 1), testEnvelope(one, 2)] })
  })

  test('default: pages hold every row once, in both directions', async () => {
    await using network = await newNetwork()
    const transport = network.connect()
    await transport.publish([3, 1, 2, 5, 4].map((time) => testEnvelope(one, time)))
    for (const direction of ['ascending', 'descending'] as const) {
      const rows: number[] = []
      const request: QueryRequest = { topics: [one], limit: 2, direction }
      let page = await transport.query(request)
      rows.push(...times(page.envelopes))
      while (page.nextCursor !== undefined) {
        page = await transport.query({ ...request, cursor: page.nextCursor })
        rows.push(...times(page.envelopes))
      }
      expect(rows).toEqual(direction === 'ascending' ? [1, 2, 3, 4, 5] : [5, 4, 3, 2, 1])
    }
  })

  test('default: newest first, and times are inclusive', async () => {
    await using network = await newNetwork()
    const transport = network.connect()
    await transport.publish([1, 2, 3, 4].map((time) => testEnvelope(one, time)))
    expect(times((await transport.query({ topics: [one] })).envelopes)).toEqual([4, 3, 2, 1])
    const middle = await transport.query({ topics: [one], startNs: 2n, endNs: 3n })
    expect(times(middle.envelopes)).toEqual([3, 2])
  })

  test('default: a batch is answered in its order', async () => {
    await using network = await newNetwork()
    const transport = network.connect()
    await transport.publish([testEnvelope(one, 1), testEnvelope(two, 2)])
    const topics = [two, topic('none'), one]
    const pages = await transport.batchQuery(topics.map((each) => ({ topics: [each], limit: 5 })))
    expect(pages.map(({ envelopes }) => times(envelopes))).toEqual([[2], [], [1]])
    expect(await transport.batchQuery([])).toEqual([])
  })
}

function testStreams(newNetwork: () => Promise<TestNetwork>): void {
  test('default: whatever is published after a stream has opened arrives, of its topics only', async () => {
    await using network = await newNetwork()
    const publisher = network.connect()
    await publisher.publish([testEnvelope(one, 1)])
    const ending = new AbortController()
    const stream = opened(network.connect(), [one, two], ending.signal)
    await stream.isOpen
    await publisher.publish([testEnvelope(topic('3'), 2), testEnvelope(one, 3)])
    await publisher.publish([testEnvelope(two, 4)])
    const received = [await stream.next(), await stream.next()]
    expect(received.map(({ value }) => value)).toMatchObject([
      testEnvelope(one, 3),
      testEnvelope(two, 4),
    ])
    ending.abort()
    await expect(stream.next()).rejects.toMatchObject({ code: 'transport/cancelled' })
  })
}

function testEnds(newNetwork: () => Promise<TestNetwork>): void {
  const cancelled = { name: 'TransportError', code: 'transport/cancelled' }

  test('error: calls with an aborted signal are transport/cancelled', async () => {
    await using network = await newNetwork()
    const transport = network.connect()
    const signal = AbortSignal.abort()
    const request = { topics: [one] }
    const calls = [
      transport.publish([testEnvelope(one, 1)], { signal }),
      transport.query(request, { signal }),
      transport.batchQuery([request], { signal }),
      opened(transport, [one], signal).next(),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject(cancelled)
  })

  test('error: after disposal every call and every stream is transport/cancelled', async () => {
    await using network = await newNetwork()
    const transport = network.connect()
    const stream = opened(transport, [one], new AbortController().signal)
    await stream.isOpen
    const waiting = expect(stream.next()).rejects.toMatchObject(cancelled)
    await transport[Symbol.asyncDispose]()
    await waiting
    await expect(transport.query({ topics: [one] })).rejects.toMatchObject(cancelled)
    await expect(transport.publish([testEnvelope(one, 1)])).rejects.toMatchObject(cancelled)
  })

  test('error: a request that is wrong is a refusal and no trouble of the network', async () => {
    await using network = await newNetwork()
    const wrong = network.connect().query({ topics: [one], startNs: -1n })
    await expect(wrong).rejects.toMatchObject({ code: 'transport/invalid-argument' })
  })
}

type Opened = {
  readonly isOpen: Promise<void>
  next(): Promise<IteratorResult<LiveEnvelope, unknown>>
}

function opened(transport: Transport, topics: readonly string[], signal: AbortSignal): Opened {
  let onOpen = (): void => undefined
  const isOpen = new Promise<void>((resolve) => {
    onOpen = resolve
  })
  const iterator = transport.subscribe(topics, { signal, onOpen })[Symbol.asyncIterator]()
  let first: Promise<IteratorResult<LiveEnvelope, unknown>> | undefined = iterator.next()
  first.catch(() => undefined)
  return {
    isOpen,
    next: () => {
      const next = first ?? iterator.next()
      first = undefined
      return next
    },
  }
}

/** SHA-256 for networks in memory. */
export function testSha256(data: Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest()
}
