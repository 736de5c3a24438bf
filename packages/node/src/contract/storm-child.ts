// Run by tests as a process of its own: ten thousand subscribers on a hundred connections, each from an address of its
// own, that lose all of them at once and come back. It gives way to the node, as clients on other machines would.

import type { ClientHttp2Session } from 'node:http2'
import { setPriority } from 'node:os'
import { NumberedEnvelope, SubscribeRequest } from '@posthorn/wire'
import { createDeframer, frameOf } from './frames.ts'
import { sessionTo, sleep } from './target.ts'

const connections = 100
const subscribersEach = 100

/** One of a hundred on its topic: what it has got of it, and how far it is. */
type Subscriber = {
  readonly topic: string
  readonly sequences: number[]
  logId: string
  position: bigint
  isLive: boolean
}

const [url = ''] = process.argv.slice(2)
setPriority(19)
const sessions: ClientHttp2Session[] = []
const subscribers: Subscriber[] = []
let reconnects = 0

process.on('message', (message) => {
  if (message === 'cut') void cut()
  else process.send?.(report(), () => process.exit())
})
for (let n = 0; n < connections; n++) void stayConnected(n)
await allLive()
process.send?.({ kind: 'ready' })

// A connection, and another as soon as it is lost.
async function stayConnected(n: number): Promise<void> {
  const own = Array.from({ length: subscribersEach }, (_, at) => ({
    topic: `/xmtp/0/m-${at}/proto`,
    sequences: [],
    logId: '',
    position: 0n,
    isLive: false,
  }))
  subscribers.push(...own)
  for (;;) {
    const session = sessionTo({ url, from: `127.0.1.${n + 1}`, untilMs: 0 })
    sessions[n] = session
    for (const subscriber of own) subscribe(session, subscriber)
    await new Promise((resolve) => session.once('close', resolve))
    reconnects++
    await sleep(Math.random() * 100)
  }
}

function subscribe(session: ClientHttp2Session, subscriber: Subscriber): void {
  const { topic, logId, position } = subscriber
  const resume = { logId, afterSequence: position, positions: [] }
  const stream = session.request({
    ':method': 'POST',
    ':path': '/xmtp.message_api.v1.MessageApi/Subscribe',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  const deframe = createDeframer()
  let marks = 0
  stream.on('data', (chunk: Buffer) => {
    for (const { message } of deframe(chunk)) {
      const { contentTopic, sequence = 0n, logId: log } = NumberedEnvelope.decode(message)
      if (contentTopic === '') {
        subscriber.logId = log || subscriber.logId
        // The second tells that all of the past was sent.
        subscriber.isLive = ++marks === 2
      } else subscriber.sequences.push(Number(sequence))
      if (sequence > subscriber.position) subscriber.position = sequence
    }
  })
  stream.on('error', () => {})
  stream.end(frameOf(SubscribeRequest.encode({ contentTopics: [topic], resume }).finish()))
}

async function cut(): Promise<void> {
  const startedMs = performance.now()
  for (const subscriber of subscribers) subscriber.isLive = false
  for (const session of sessions) session.destroy()
  await allLive()
  process.send?.({ kind: 'live', afterMs: performance.now() - startedMs, reconnects })
}

async function allLive(): Promise<void> {
  while (
    subscribers.length < connections * subscribersEach ||
    subscribers.some(({ isLive }) => !isLive)
  ) {
    await sleep(10)
  }
}

// By topic, what its subscribers have got: one list where all have the same.
function report() {
  const lists: Record<string, string[]> = {}
  for (const { topic, sequences } of subscribers) {
    const list = sequences.join()
    const known = lists[topic] ?? []
    if (!known.includes(list)) known.push(list)
    lists[topic] = known
  }
  return { kind: 'report', lists }
}
