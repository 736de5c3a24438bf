// CPU per durable append of 1 KiB, main thread and writer together, 256 appends in flight; with `--peer
// redis` the same to a Redis that syncs every append, whose own process is counted.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Envelope } from '../packages/envelope/src/index.ts'
import { type EnvelopeStore, openSqliteStore } from '../packages/store/src/index.ts'
import { collectGarbage } from './collect-garbage.ts'
import { cpuMicrosecondsOf, interleave, rounded } from './measure.ts'
import { hasRedis, type RedisServer, redisMissing, startRedis } from './redis.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'

const load = { count: 30_000, inFlight: 256, messageBytes: 1024, topics: 1000 }

type Side = { readonly run: () => Promise<number>; readonly best: () => number }

/** `npm run bench -- store [--peer redis]` */
export async function store({ rounds, peer }: BenchOptions): Promise<Report> {
  if (peer !== undefined && peer !== 'redis') throw new Error(`no peer called ${peer}`)
  const isRedis = peer === 'redis' && hasRedis()
  if (peer === 'redis' && !isRedis) console.error(redisMissing)
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-bench-'))
  const setting = { ...load, engine: 'sqlite', durability: 'fsync before the answer', rounds }
  try {
    await using opened = await openSqliteStore({ directory })
    const ours = storeSide(opened)
    if (!isRedis) {
      const [cpu = 0] = await interleave(rounds, [ours.run])
      return { name: 'store', setting, ours: figures(cpu, ours) }
    }
    await using redis = await startRedis()
    const theirs = redisSide(redis)
    const [cpu = 0, peerCpu = 0] = await interleave(rounds, [ours.run, theirs.run])
    const name = `redis ${redis.version}, appendfsync always`
    return {
      name: 'store',
      setting: { ...setting, redis: 'one append in flight on each of 256 connections' },
      ours: figures(cpu, ours),
      peer: { name, ...figures(peerCpu, theirs) },
      ratio: rounded(peerCpu / cpu),
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function storeSide(opened: EnvelopeStore): Side {
  let made = 0
  const timer = createTimer()
  const appendAll = async (envelopes: readonly Envelope[]) => {
    const waiting = envelopes.values()
    const lane = async () => {
      for (const each of waiting) await opened.append([each])
    }
    await Promise.all(Array.from({ length: load.inFlight }, lane))
  }
  const run = async () => {
    // Made beforehand: what makes them is no part of a store, as the clients of the peer are not.
    const envelopes = Array.from({ length: load.count }, () => envelope(made++))
    collectGarbage()
    return (await cpuMicrosecondsOf(() => timer.time(() => appendAll(envelopes)))) / load.count
  }
  return { run, best: timer.best }
}

function redisSide(redis: RedisServer): Side {
  const timer = createTimer()
  const run = async () => {
    const before = await redis.cpuMicroseconds()
    await timer.time(() => redis.append({ ...load, connections: load.inFlight }))
    return ((await redis.cpuMicroseconds()) - before) / load.count
  }
  return { run, best: timer.best }
}

function createTimer() {
  let bestMs = Number.POSITIVE_INFINITY
  return {
    time: async (work: () => Promise<void>) => {
      const startedMs = performance.now()
      await work()
      bestMs = Math.min(bestMs, performance.now() - startedMs)
    },
    best: () => (load.count / bestMs) * 1000,
  }
}

function figures(cpu: number, { best }: Side) {
  return { cpuMicroseconds: rounded(cpu), perSecond: rounded(best()) }
}

function envelope(index: number) {
  const message = new Uint8Array(load.messageBytes)
  new DataView(message.buffer).setUint32(0, index)
  // In one piece, as a decoder gives it: putting its pieces together is no part of a store, either.
  const contentTopic = Buffer.from(`/xmtp/0/m-${index % load.topics}/proto`).toString()
  return { contentTopic, timestampNs: BigInt(index), message }
}
