import { createNobleCrypto } from '@posthorn/crypto'
import type { Envelope } from '@posthorn/envelope'
import { TransportError, ValidationError } from '@posthorn/errors'
import { eventually } from '@posthorn/testing'
import { createMemoryNetwork, type MemoryNetwork, type Transport } from '@posthorn/transport'
import { expect, test } from 'vitest'
import { createTopicSet, follow, type StreamState, type TopicSet } from './follow.ts'
import { openStream, type Stream, type StreamControl } from './stream.ts'
import { systemClock } from './system-clock.ts'

const crypto = createNobleCrypto()

// A clock whose waits are over at once; times are real, because senders stamp with them.
const clock = {
  ...systemClock,
  sleep: (delayMs: number, options?: { signal?: AbortSignal | undefined }) =>
    systemClock.sleep(Math.min(delayMs, 5), options),
}

let counter = 0
function envelope(contentTopic: string, ageMs = 0): Envelope {
  counter += 1
  return {
    contentTopic,
    timestampNs: BigInt(Date.now() - ageMs) * 1_000_000n + BigInt(counter),
    message: new TextEncoder().encode(`message ${counter}`),
  }
}

type Started = { stream: Stream<Envelope>; states: StreamState[]; stop: AbortController }

async function start(transport: Transport, topics: TopicSet): Promise<Started> {
  const states: StreamState[] = []
  const stop = new AbortController()
  async function* envelopes({ signal, onOpen }: StreamControl): AsyncGenerator<Envelope, void> {
    const options = { signal, topics, onStateChange: (state: StreamState) => states.push(state) }
    for await (const event of follow({ transport, clock, crypto }, options)) {
      if (event.kind === 'connected') onOpen()
      else yield event.envelope
    }
  }
  const stream = await openStream(envelopes, stop.signal)
  return { stream, states, stop }
}

async function take(stream: Stream<Envelope>, count: number): Promise<Envelope[]> {
  const taken: Envelope[] = []
  for (let i = 0; i < count; i++) {
    const { done, value } = await stream.next()
    if (done) break
    taken.push(value)
  }
  return taken
}

function network(): MemoryNetwork {
  return createMemoryNetwork({ sha256: crypto.hash.sha256 })
}

test('follow hands over what is published after it opened, and nothing from before', async () => {
  const transport = network().connect()
  await transport.publish([envelope('t'), envelope('t', 60_000)])
  const { stream } = await start(transport, createTopicSet(['t']))
  const later = [envelope('t'), envelope('t', 30_000), envelope('t')]
  await transport.publish(later)
  expect(await take(stream, 3)).toEqual(later)
  await stream.return?.()
})

test('follow loses nothing and doubles nothing when its stream breaks again and again', async () => {
  const net = network()
  const transport = net.connect()
  await transport.publish([envelope('t')])
  const { stream, states } = await start(transport, createTopicSet(['t', 'u']))
  const sent: Envelope[] = []
  const publishing = (async () => {
    for (let i = 0; i < 60; i++) {
      const next = [envelope(i % 2 === 0 ? 't' : 'u', i % 7 === 0 ? 20_000 : 0)]
      sent.push(...next)
      await transport.publish(next)
      if (i % 5 === 0) net.dropStreams()
      if (i % 3 === 0) await systemClock.sleep(2)
    }
  })()
  const received = await take(stream, 60)
  await publishing
  const keys = (envelopes: readonly Envelope[]): string[] =>
    envelopes.map((each) => new TextDecoder().decode(each.message)).sort()
  expect(keys(received)).toEqual(keys(sent))
  expect(states[0]).toEqual({ kind: 'live' })
  expect(states.filter((state) => state.kind === 'reconnecting').length).toBeGreaterThan(2)
  const extra = stream.next()
  await transport.publish([envelope('t')])
  expect(keys([(await extra).value as Envelope])).not.toEqual(keys(received.slice(0, 1)))
  await stream.return?.()
})

test('follow survives a sender whose clock is far ahead', async () => {
  const net = network()
  const transport = net.connect()
  const { stream } = await start(transport, createTopicSet(['t']))
  await transport.publish([envelope('t', -86_400_000)])
  await take(stream, 1)
  net.dropStreams()
  const missed = envelope('t')
  await transport.publish([missed])
  expect(await take(stream, 1)).toEqual([missed])
  await stream.return?.()
})

test('follow reads topics that are added while it runs from their beginning', async () => {
  const transport = network().connect()
  const topics = createTopicSet(['t'])
  const { stream, states } = await start(transport, topics)
  const old = [envelope('new', 86_400_000), envelope('new')]
  await transport.publish(old)
  const trigger = envelope('t')
  await transport.publish([trigger])
  expect(await take(stream, 1)).toEqual([trigger])
  topics.add('new')
  expect(await take(stream, 2)).toEqual(old)
  const live = envelope('new')
  const next = take(stream, 1)
  await transport.publish([live])
  expect(await next).toEqual([live])
  expect(states).toEqual([{ kind: 'live' }])
  await stream.return?.()
})

test('follow ends without an error when it is left or its signal aborts, even while it waits', async () => {
  const transport = network().connect()
  const { stream, stop } = await start(transport, createTopicSet(['t']))
  const waiting = stream.next()
  stop.abort()
  expect(await waiting).toEqual({ done: true, value: undefined })

  const other = await start(transport, createTopicSet(['t']))
  const alsoWaiting = other.stream.next()
  await other.stream.return?.()
  expect(await alsoWaiting).toEqual({ done: true, value: undefined })
})

test('follow throws the refusal of a node when trying again cannot help', async () => {
  const refusal = new ValidationError('transport/invalid-argument', 'Subscribe: no')
  const transport: Transport = {
    ...network().connect(),
    // biome-ignore lint/correctness/useYield: it fails before it could.
    subscribe: async function* () {
      throw refusal
    },
  }
  await expect(start(transport, createTopicSet(['t']))).rejects.toBe(refusal)
})

test('follow opens on a gateway that holds back its headers', async () => {
  const inner = network().connect()
  const transport: Transport = {
    ...inner,
    subscribe: (topics, { signal } = {}) => inner.subscribe(topics, { signal }),
  }
  const { stream } = await start(transport, createTopicSet(['t']))
  const sent = envelope('t')
  await transport.publish([sent])
  expect(await take(stream, 1)).toEqual([sent])
  await stream.return?.()
})

// A line that lets queries through until a subscription is asked for, which then stays silent.
function silentFromNow(onQuery: (signal: AbortSignal | undefined) => Promise<never>): Transport {
  const inner = network().connect()
  let isSilent = false
  return {
    ...inner,
    query: (request, options = {}) =>
      isSilent ? onQuery(options.signal) : inner.query(request, options),
    // biome-ignore lint/correctness/useYield: nothing comes.
    subscribe: async function* () {
      isSilent = true
      await systemClock.sleep(50)
      throw new TransportError('transport/timeout', 'Subscribe: no sign of the node')
    },
  }
}

async function firstState(transport: Transport): Promise<StreamState | undefined> {
  const { stream, states, stop } = await start(transport, createTopicSet(['t']))
  void stream.next()
  await eventually(() => expect(states.length).toBeGreaterThan(0))
  stop.abort()
  return states[0]
}

test('follow is not live as long as nothing has answered', async () => {
  const away = new TransportError('transport/unavailable', 'Query: away')
  const transport = silentFromNow(() => Promise.reject(away))
  expect(await firstState(transport)).toMatchObject({ kind: 'reconnecting', error: away })
})

test('follow gives up looking for what it missed when the subscription breaks meanwhile', async () => {
  const transport = silentFromNow(
    (signal) =>
      new Promise((_, reject) => {
        const cancelled = new TransportError('transport/cancelled', 'Query: cancelled')
        signal?.addEventListener('abort', () => reject(cancelled))
      }),
  )
  expect(await firstState(transport)).toMatchObject({
    kind: 'reconnecting',
    error: { code: 'transport/timeout' },
  })
})
