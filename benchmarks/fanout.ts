// Server CPU per delivery of one message to 1,000 live subscribers, against the published gRPC server.

import { publishToken } from './accounts.ts'
import {
  envelopeBytes,
  envelopeOf,
  messageBytes,
  publishFrame,
  subscribeFrame,
} from './fixed-messages.ts'
import { call, openConnections, subscribe } from './grpc-calls.ts'
import { interleave, rounded } from './measure.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'
import { type ServerProcess, startServer } from './server-process.ts'

const load = { subscribers: 1_000, connections: 10, messages: 200, inFlight: 4 }
const topic = '/xmtp/0/m-fanout/proto'
const prefixBytes = 5

/** `npm run bench -- fanout` */
export async function fanout({ rounds }: BenchOptions): Promise<Report> {
  const authorization = await publishToken()
  await using ours = await startServer('posthorn')
  await using peer = await startServer('grpc-js')
  let [oursMost, first] = [0, 0]
  const side = (server: ServerProcess) => async () => {
    const { cpu, perSecond } = await deliverAll(server, authorization, first)
    first += load.messages
    if (server === ours) oursMost = Math.max(oursMost, perSecond)
    return cpu
  }
  const [oursCpu = 0, peerCpu = 0] = await interleave(rounds, [side(ours), side(peer)])
  return {
    name: 'fanout',
    setting: { ...load, messageBytes, rounds, per: 'delivery' },
    ours: { cpuMicroseconds: rounded(oursCpu), perSecond: rounded(oursMost) },
    peer: { name: 'grpc-js 1.14.7, encoded once', cpuMicroseconds: rounded(peerCpu) },
    ratio: rounded(peerCpu / oursCpu),
  }
}

type Delivery = { readonly cpu: number; readonly perSecond: number }

async function deliverAll(
  server: ServerProcess,
  authorization: string,
  first: number,
): Promise<Delivery> {
  using connections = openConnections(server.url, load.connections)
  using publisher = openConnections(server.url, 1)
  const deliveries = load.subscribers * load.messages
  const frameBytes = prefixBytes + envelopeBytes(envelopeOf(topic, 0)).length
  const done = Promise.withResolvers<void>()
  let bytes = 0
  const onBytes = (count: number) => {
    bytes += count
    if (bytes >= deliveries * frameBytes) done.resolve()
  }
  const frame = subscribeFrame(topic)
  const { sessions } = connections
  await Promise.all(
    Array.from({ length: load.subscribers }, (_, i) => {
      const session = sessions[i % sessions.length]
      return session && subscribe(session, frame, onBytes)
    }),
  )
  const [cpuBefore, startedMs] = [await server.cpuMicroseconds(), performance.now()]
  const [session] = publisher.sessions
  let next = 0
  const lane = async () => {
    while (session && next < load.messages) {
      const publish = publishFrame([envelopeOf(topic, first + next++)])
      await call(session, 'Publish', { frame: publish, authorization })
    }
  }
  await Promise.all(Array.from({ length: load.inFlight }, lane))
  await done.promise
  const seconds = (performance.now() - startedMs) / 1000
  const cpu = (await server.cpuMicroseconds()) - cpuBefore
  return { cpu: cpu / deliveries, perSecond: deliveries / seconds }
}
