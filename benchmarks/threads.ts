// Whether opening many messages pays in threads: one thread that does it all, beside two that get sealed bytes
// and give opened messages back.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { internalsOf } from '../packages/client/src/internals.ts'
import type { OpenedMessage } from '../packages/protocol-v2/src/index.ts'
import { ourClient } from './accounts.ts'
import { cpuMicrosecondsOf, interleave, rounded } from './measure.ts'
import { plainNetwork } from './plain-network.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'

const textBytes = 1_000
const count = 10_000
const threadCount = 2
// As a node's pages.
const batchSize = 100

type Cost = { wallMs: number; cpuMicroseconds: number }

/** `npm run bench -- threads` */
export async function threads({ rounds }: BenchOptions): Promise<Report> {
  const { client, conversation, sealed } = await inboxOf()
  const { keystore } = internalsOf(client).context
  const startedMs = performance.now()
  const workers = await startWorkers({ keys: await client.exportKeys(), conversation })
  const startMs = performance.now() - startedMs
  const costs: Record<'one' | 'two', Cost[]> = { one: [], two: [] }
  const [oneMs = 0, twoMs = 0] = await interleave(rounds, [
    () =>
      costOf(costs.one, async () => {
        for (const bytes of sealed) await keystore.openMessage({ conversation, bytes })
      }),
    () => costOf(costs.two, () => openIn(workers, sealed)),
  ])
  for (const worker of workers) await worker.terminate()
  return {
    name: 'threads',
    setting: { messages: count, textBytes, batchSize, threads: threadCount, rounds },
    ours: { wallMs: rounded(oneMs), cpuMicrosecondsEach: cpuOf(costs.one) },
    peer: {
      name: 'two threads',
      wallMs: rounded(twoMs),
      cpuMicrosecondsEach: cpuOf(costs.two),
      startMs: rounded(startMs),
    },
    ratio: rounded(twoMs / oneMs),
  }
}

async function inboxOf() {
  const network = plainNetwork()
  const [sender, client] = [await ourClient(network), await ourClient(network)]
  const chat = await sender.newConversation(client.address)
  const text = 'x'.repeat(textBytes)
  const sealed: Uint8Array[] = []
  for (let n = 0; n < count; n++) sealed.push((await chat.prepare(text)).envelope.message)
  await client.conversations()
  const conversation = internalsOf(client).book.get(chat.topic)
  if (conversation?.version !== 'v2') throw new Error('the reader has no conversation')
  return { client, conversation, sealed }
}

async function startWorkers(workerData: object): Promise<Worker[]> {
  const url = new URL('./servers/open-thread.ts', import.meta.url)
  const workers = Array.from({ length: threadCount }, () => new Worker(url, { workerData }))
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  return workers
}

// Each thread gets its next batch when it has given the last one back.
async function openIn(workers: readonly Worker[], sealed: readonly Uint8Array[]): Promise<void> {
  let at = 0
  let opened = 0
  await Promise.all(
    workers.map(async (worker) => {
      while (at < sealed.length) {
        const batch = sealed.slice(at, at + batchSize)
        at += batchSize
        worker.postMessage(batch)
        const [messages] = (await once(worker, 'message')) as [readonly OpenedMessage[]]
        opened += messages.length
      }
    }),
  )
  if (opened !== sealed.length) throw new Error(`opened ${opened}, wanted ${sealed.length}`)
}

// @returns wall milliseconds, by which the sides are compared
async function costOf(costs: Cost[], work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  const cpuMicroseconds = await cpuMicrosecondsOf(work)
  const wallMs = performance.now() - startedMs
  costs.push({ wallMs, cpuMicroseconds })
  return wallMs
}

function cpuOf(costs: readonly Cost[]): number {
  const least = Math.min(...costs.map(({ cpuMicroseconds }) => cpuMicroseconds))
  return rounded(least / count)
}
