import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { createGrpcClient } from './contract/grpc-client.ts'
import { startMeasuredNode } from './contract/measured-node.ts'
import { probeDuring } from './contract/probe.ts'
import { sleep } from './contract/target.ts'

const mib = 1_048_576
// One is over in a second, which is too short for a percentile.
const storms = 4
const topics = Array.from({ length: 100 }, (_, n) => `/xmtp/0/m-${n}/proto`)

function startStorm(url: string): ChildProcess {
  return fork(fileURLToPath(import.meta.resolve('./contract/storm-child.ts')), [url])
}

async function answerOf(child: ChildProcess, request?: string): Promise<Record<string, never>> {
  const answer = once(child, 'message')
  if (request !== undefined) child.send(request)
  return (await answer)[0]
}

/** Publishes to one topic after the other until each has got something and it is told to stop; counts what each got. */
function startPublishing(url: string) {
  const client = createGrpcClient(url)
  const counts = new Map(topics.map((topic) => [topic, 0]))
  let isOver = false
  const publish = async (): Promise<void> => {
    for (let n = 0; !isOver || n < topics.length; n++) {
      const contentTopic = topics[n % topics.length] ?? ''
      const envelope = { contentTopic, timestampNs: BigInt(n + 1), message: new Uint8Array(100) }
      const { status } = await client.publish([envelope])
      expect(status).toBe(0)
      counts.set(contentTopic, (counts.get(contentTopic) ?? 0) + 1)
      await sleep(20)
    }
    client.close()
  }
  const done = publish()
  return {
    counts,
    stop: async () => {
      isOver = true
      await done
    },
  }
}

test('10,000 subscribers that lose their connections at once, four times, are live again within 10 s, and miss nothing', async () => {
  await using directory = await temporaryDirectory()
  const flags = { limits: 'on', 'publish-limit': '100000/100000' }
  await using node = await startMeasuredNode(directory.path, flags)
  const storm = startStorm(node.url)
  await answerOf(storm)
  const publishing = startPublishing(node.url)
  await sleep(1_000)
  const before = await node.memory()
  const backAfterMs: number[] = []
  const { delaysMs, failures } = await probeDuring(node.url, async () => {
    for (let n = 0; n < storms; n++) {
      const { afterMs } = await answerOf(storm, 'cut')
      backAfterMs.push(Number(afterMs))
    }
  })
  const after = await node.memory()
  await publishing.stop()
  await sleep(1_000)
  const { lists } = await answerOf(storm, 'report')
  const p99Ms = delaysMs.toSorted((a, b) => a - b)[Math.floor(delaysMs.length * 0.99)] ?? 0
  const growthMib = (after.bytes - before.bytes) / mib
  // biome-ignore lint/suspicious/noConsole: the figures are half of what the test is run for.
  console.info(
    `live again after at most ${Math.max(...backAfterMs).toFixed(0)} ms; ${delaysMs.length} probes, p99 ${p99Ms.toFixed(0)} ms, longest ${Math.max(...delaysMs).toFixed(0)} ms, failed ${failures}, growth ${growthMib.toFixed(1)} MiB`,
  )
  for (const [topic, count] of publishing.counts) {
    const got: readonly string[] = lists?.[topic] ?? []
    expect(got).toHaveLength(1)
    const sequences = got[0]?.split(',').filter(Boolean) ?? []
    expect(sequences).toHaveLength(count)
    expect(new Set(sequences).size).toBe(count)
  }
  expect(failures).toBe(0)
  expect(Math.max(...backAfterMs)).toBeLessThan(10_000)
  expect(p99Ms).toBeLessThan(250)
  expect(growthMib).toBeLessThan(100)
})
