// A publisher, and a reader whose connections are cut at random bytes.

import type { ApiClient } from './api-client.ts'

import { createGrpcClient } from './grpc-client.ts'
import { createGrpcWebClient } from './grpc-web-client.ts'
import { createJsonClient } from './json-client.ts'
import { startResumingReader } from './resuming-reader.ts'
import type { TestNode } from './test-node.ts'

/** How much is cut, and with what chance. */
export type CutScenario = {
  readonly protocol: string
  readonly cuts: number
  /** 0 to 1, 1 excluded. */
  readonly unit: () => number
  /** Cuts what goes through it. */
  readonly proxy: Proxy
}

type Proxy = { readonly url: string; readonly cuts: () => number }

/** Sequences that were published on the topic and that the reader got, both in order. */
export type CutOutcome = {
  readonly published: readonly number[]
  readonly received: readonly number[]
  readonly cuts: number
}

const topic = 'cut'

/** Publishes while a reader's connections are cut, until there were enough cuts. */
export async function runCutScenario(
  testNode: TestNode,
  { protocol, cuts, unit, proxy }: CutScenario,
): Promise<CutOutcome> {
  const reader = startResumingReader(() => clientOf(protocol, proxy), topic)
  let count = 0
  while (proxy.cuts() < cuts) {
    const envelopes = Array.from({ length: 1 + Math.floor(unit() * 5) }, () => ({
      contentTopic: unit() < 0.8 ? topic : 'other',
      timestampNs: BigInt(++count),
      message: new Uint8Array(Math.floor(unit() * 400)),
    }))
    await testNode.grpc.publish(envelopes)
  }
  const published = await sequencesOf(testNode)
  while (reader.sequences.length < published.length && !reader.sequences.includes(-1)) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  reader.stop()
  await reader.done
  return { published, received: reader.sequences, cuts: proxy.cuts() }
}

function clientOf(protocol: string, { url }: Proxy): ApiClient {
  if (protocol === 'grpc') return createGrpcClient(url)
  if (protocol === 'json') return createJsonClient(url)
  return createGrpcWebClient(url, protocol === 'grpc-web-text')
}

// Straight from the node, numbered by a stream that nobody cuts.
async function sequencesOf({ grpc }: TestNode): Promise<number[]> {
  const live = await grpc.subscribe([topic], { logId: '', afterSequence: 0n, positions: [] })
  const sequences: number[] = []
  for (let marks = 0; marks < 2; ) {
    const next = await live.next()
    if (next === undefined) break
    if (next.contentTopic === '') marks++
    else sequences.push(Number(next.sequence))
  }
  live.cancel()
  return sequences
}
