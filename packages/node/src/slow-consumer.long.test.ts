import { temporaryDirectory } from '@posthorn/testing'
import { SubscribeRequest } from '@posthorn/wire'
import { expect, test } from 'vitest'
import type { LiveStream } from './contract/api-client.ts'
import { frameOf } from './contract/frames.ts'
import { createGrpcClient, liveStreamOf } from './contract/grpc-client.ts'
import { startMeasuredNode } from './contract/measured-node.ts'

const mib = 1_048_576
const slowReaders = 8
const perTick = 10
const tickMs = 10
const calmMs = 15_000
const pauseMs = 60_000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length * share)] ?? 0
}

test('readers that stop for a minute at 1,000 messages a second cost little, and miss nothing', async () => {
  await using directory = await temporaryDirectory()
  await using node = await startMeasuredNode(directory.path)
  const publisher = createGrpcClient(node.url)
  const sentAt: number[] = []
  let isOver = false
  const publish = async (): Promise<void> => {
    const firstMs = performance.now()
    for (let tick = 0; !isOver; tick++) {
      const envelopes = Array.from({ length: perTick }, () => ({
        contentTopic: '/xmtp/0/m-busy/proto',
        timestampNs: BigInt(sentAt.push(performance.now())),
        message: new Uint8Array(1_024),
      }))
      expect((await publisher.publish(envelopes)).status).toBe(0)
      await sleep(Math.max(0, firstMs + (tick + 1) * tickMs - performance.now()))
    }
  }

  const fast = createGrpcClient(node.url)
  const live = await fast.subscribe(['/xmtp/0/m-busy/proto'])
  const delaysMs: number[] = []
  const reading = (async () => {
    for (let next = await live.next(); next !== undefined; next = await live.next()) {
      delaysMs.push(performance.now() - (sentAt[Number(next.timestampNs) - 1] ?? 0))
    }
  })()
  const slow = await Promise.all(
    Array.from({ length: slowReaders }, async () => {
      const client = createGrpcClient(node.url)
      const call = client.open('/xmtp.message_api.v1.MessageApi/Subscribe')
      const contentTopics = ['/xmtp/0/m-busy/proto']
      call.write(frameOf(SubscribeRequest.encode({ contentTopics, resume: undefined }).finish()))
      call.end()
      return { client, call, stream: await liveStreamOf(call) }
    }),
  )
  const publishing = publish()
  await sleep(calmMs)
  const calm = delaysMs.splice(0)
  const before = await node.memoryBytes()
  for (const { call } of slow) call.pause(true)
  await sleep(pauseMs)
  const stopped = delaysMs.splice(0)
  const after = await node.memoryBytes()
  for (const { call } of slow) call.pause(false)
  isOver = true
  await publishing

  const growth = (after - before) / slowReaders
  const [calmP99, stoppedP99] = [percentile(calm, 0.99), percentile(stopped, 0.99)]
  // biome-ignore lint/suspicious/noConsole: the figures are half of what the test is run for.
  console.info(
    `${sentAt.length} messages; ${Math.round(growth / 1024)} KiB a stopped reader; ` +
      `p99 of the others ${calmP99.toFixed(1)} ms before, ${stoppedP99.toFixed(1)} ms meanwhile`,
  )
  for (const { stream } of slow) await expectAll(stream, sentAt.length)
  for (const { client } of slow) client.close()
  fast.close()
  publisher.close()
  await reading
  expect(growth).toBeLessThan(mib)
})

async function expectAll(stream: LiveStream, count: number): Promise<void> {
  for (let stamp = 1; stamp <= count; stamp++) {
    const next = await stream.next()
    if (next?.timestampNs === BigInt(stamp)) continue
    expect(next?.timestampNs).toBe(BigInt(stamp))
  }
}
