// Two clients that write and stream over lines that fail all the time, by seed: FAULT_CUTS, FAULT_SEED.

import { randomBytes } from 'node:crypto'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import {
  eventually,
  type SeededRandom,
  seededRandom,
  type TemporaryDirectory,
  temporaryDirectory,
} from '@posthorn/testing'
import { createJsonTransport, type Transport, withRetry } from '@posthorn/transport'
import { acrossNodes } from '@posthorn/transport/across-nodes'
import { createGrpcTransport } from '@posthorn/transport/grpc'
import { createGrpcWebTransport } from '@posthorn/transport/grpc-web'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { createClient } from './create-client.ts'
import { systemClock } from './system-clock.ts'
import {
  type Faults,
  faultsOf,
  isLive,
  keepReading,
  keepWriting,
  longestLieMs,
  type Reading,
  type Written,
} from './test-fault-chat.ts'
import { type Fault, type FaultProxy, startFaultProxy } from './test-fault-proxy.ts'

const cuts = Number(process.env['FAULT_CUTS'] ?? 1_000)
const seed = Number(process.env['FAULT_SEED'] ?? 1)
const nothingWrong: Faults = { lost: [], doubled: [], misplaced: [], invented: [] }

let folder: TemporaryDirectory
let node: RunningNode

beforeEach(async () => {
  folder = await temporaryDirectory()
  const flags = { 'api-port': '0', data: folder.path, 'keep-alive-ms': '300', 'grace-ms': '100' }
  node = await startNode(parseConfig({ flags }))
})

afterEach(async () => {
  await node.kill()
  await folder[Symbol.asyncDispose]()
})

const url = (): string => node.apiUrls[0] ?? ''
// Few tries, so that some sendings are refused.
const timing = { timers: systemClock, random: Math.random, maxAttempts: 2 }

type Patience = { readonly timeoutMs: number; readonly idleTimeoutMs: number }

const ways = {
  JSON: createJsonTransport,
  'gRPC-Web': createGrpcWebTransport,
  gRPC: createGrpcTransport,
} as const
type Way = keyof typeof ways

function direct(line: FaultProxy, patience: Patience, way: Way = 'JSON'): Transport {
  return ways[way]({ url: line.url, timers: systemClock, ...patience })
}

function open(transport: Transport): Promise<Client> {
  return createClient(randomBytes(32), { transport: withRetry(transport, timing) })
}

// One client over one line; the other over two lines, as to two nodes.
async function openBoth(
  lines: readonly FaultProxy[],
  patience: Patience,
  way: Way = 'JSON',
): Promise<Client[]> {
  const [first, ...others] = lines.map((line) => direct(line, patience, way))
  if (first === undefined) return []
  const nodes = others.map((transport, index) => ({ name: `line ${index}`, transport }))
  const both = acrossNodes(nodes, { clock: systemClock, random: Math.random })
  return Promise.all([open(first), open(both)])
}

function nextFault({ unit }: SeededRandom): Fault {
  const roll = unit()
  const durationMs = 50 + unit() * 400
  if (roll < 0.3) return { kind: 'cut' }
  if (roll < 0.5) return { kind: 'reset' }
  if (roll < 0.7) return { kind: 'truncate', isReset: roll < 0.6 }
  if (roll < 0.8) return { kind: 'half-open' }
  if (roll < 0.88) return { kind: 'delay', delayMs: Math.floor(unit() * 3) * 40 }
  return { kind: roll < 0.95 ? 'stall' : 'outage', durationMs }
}

async function strikeAll(lines: readonly FaultProxy[], count: number): Promise<void> {
  const random = seededRandom(seed)
  for (let n = 0; n < count; n++) {
    await systemClock.sleep(20 + random.unit() * 140)
    await lines[Math.floor(random.unit() * lines.length)]?.strike(nextFault(random))
  }
  for (const line of lines) await line.strike({ kind: 'delay', delayMs: 0 })
}

async function chatWhileStruck(
  clients: readonly Client[],
  lines: readonly FaultProxy[],
  count: number,
) {
  const [alice, bob] = clients as [Client, Client]
  const readings = await Promise.all(
    [alice, bob].map((each) => keepReading((options) => each.streamAllMessages(options))),
  )
  const stop = new AbortController()
  const writing = [
    keepWriting(alice, bob.address, { name: 'alice', stop: stop.signal }),
    keepWriting(bob, alice.address, { name: 'bob', stop: stop.signal }),
  ]
  await strikeAll(lines, count)
  stop.abort()
  return { readings, writers: await Promise.all(writing) }
}

test.each(Object.keys(ways) as Way[])(
  'over %s 1,000 faults lose nothing, double nothing and end with live streams',
  async (way) => {
    await using first = await startFaultProxy(url())
    await using second = await startFaultProxy(url())
    await using third = await startFaultProxy(url())
    const lines = [first, second, third]
    const clients = await openBoth(lines, { timeoutMs: 1_500, idleTimeoutMs: 1_200 }, way)
    const startedMs = performance.now()
    const { readings, writers } = await chatWhileStruck(clients, lines, cuts)
    await eventually(
      () => {
        for (const reading of readings) expect(faultsOf(reading, writers).lost).toEqual([])
        expect(readings.map(isLive)).toEqual([true, true])
      },
      { timeoutMs: 30_000 },
    )
    // Time for doubles to come.
    await systemClock.sleep(2_000)
    report({ startedMs, lines, readings, writers })
    const [overOne, overTwo] = readings.map((reading) => faultsOf(reading, writers))
    expect(overOne).toEqual(nothingWrong)
    // A stream that goes on at another node looks up by time what it missed.
    expect({ ...overTwo, misplaced: [] }).toEqual(nothingWrong)
    for (const reading of readings) {
      expect(reading.undecodable).toEqual([])
      await reading.close()
    }
    for (const client of clients) await client.close()
  },
)

test('a stream that forgets where it was is found out', async () => {
  await using line = await startFaultProxy(url())
  await using well = await startFaultProxy(url())
  const forgetful = withoutResume(direct(line, { timeoutMs: 1_500, idleTimeoutMs: 1_200 }))
  const patience = { timeoutMs: 5_000, idleTimeoutMs: 5_000 }
  const clients = await Promise.all([open(direct(well, patience)), open(forgetful)])
  const { readings, writers } = await chatWhileStruck(clients, [line], 40)
  await systemClock.sleep(5_000)
  const [atAlice, atBob] = readings.map((reading) => faultsOf(reading, writers))
  expect(atAlice).toEqual(nothingWrong)
  expect(atBob?.lost.length).toBeGreaterThan(0)
  for (const reading of readings) await reading.close()
  for (const client of clients) await client.close()
})

// Says that it goes on where the reader was, and starts now.
function withoutResume(transport: Transport): Transport {
  return {
    ...transport,
    subscribe: (topics, { position: _, ...options } = {}) => transport.subscribe(topics, options),
  }
}

test('no stream calls itself live longer than it takes to find out, and all are live again', async () => {
  const idleTimeoutMs = 4_000
  // A quarter more, and the time of a keep-alive line and of a busy machine.
  const detectionMs = idleTimeoutMs * 1.25 + 700
  await using first = await startFaultProxy(url())
  await using second = await startFaultProxy(url())
  await using third = await startFaultProxy(url())
  const lines = [first, second, third]
  const clients = await openBoth(lines, { timeoutMs: 4_000, idleTimeoutMs })
  const [alice, bob] = clients as [Client, Client]
  const chats = [await alice.newConversation(bob.address), await bob.newConversation(alice.address)]
  const readings = await Promise.all([
    ...clients.map((each) => keepReading((options) => each.streamAllMessages(options))),
    ...chats.map((chat) => keepReading((options) => chat.stream(options))),
  ])
  let longestReturnMs = 0
  for (const kind of ['stall', 'outage', 'stall', 'stall'] as const) {
    const durationMs = kind === 'stall' ? 12_000 : 3_000
    await Promise.all(lines.map((line) => line.strike({ kind, durationMs })))
    const healedMs = performance.now()
    await eventually(() => expect(readings.every(isLive)).toBe(true), { timeoutMs: 20_000 })
    longestReturnMs = Math.max(longestReturnMs, performance.now() - healedMs)
  }
  const lies = readings.map((reading) => longestLieMs(reading, first.silences))
  process.stdout.write(
    `said live for at most ${Math.max(...lies).toFixed(0)} ms of a silence (${detectionMs} allowed), live again within ${longestReturnMs.toFixed(0)} ms\n`,
  )
  expect(Math.max(...lies)).toBeLessThan(detectionMs)
  for (const reading of readings) await reading.close()
  for (const client of clients) await client.close()
})

type Run = {
  readonly startedMs: number
  readonly lines: readonly FaultProxy[]
  readonly readings: readonly Reading[]
  readonly writers: readonly Written[]
}

function report({ startedMs, lines, readings, writers }: Run): void {
  const struck = lines.reduce((sum, line) => sum + line.struck(), 0)
  const sent = writers.map((each) => each.sent.length).join(' + ')
  const doubtful = writers.map((each) => each.doubtful.length).join(' + ')
  const refusals = writers.reduce((sum, each) => sum + each.refusals, 0)
  const breaks = readings.map(({ states }) => states.filter(({ kind }) => kind === 'live').length)
  const misplaced = readings.map((each) => faultsOf(each, writers).misplaced.length)
  const seconds = (performance.now() - startedMs) / 1_000
  process.stdout.write(
    `${cuts} faults by seed ${seed} hit ${struck} connections in ${seconds.toFixed(0)} s: ${sent} acknowledged, ${doubtful} doubtful, ${refusals} refused; streams went live ${breaks.join(' and ')} times, ${misplaced.join(' and ')} out of order\n`,
  )
}
