// Memory of a subscriber that waits, at 10,000 of them, against the published gRPC server.

import { subscribeFrame } from './fixed-messages.ts'
import { openConnections, subscribe } from './grpc-calls.ts'
import { interleave, rounded } from './measure.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'
import { startServer } from './server-process.ts'

const load = { subscribers: 10_000, connections: 10 }
const openedAtOnce = 500

/** `npm run bench -- idle` */
export async function idle({ rounds }: BenchOptions): Promise<Report> {
  const side = (name: string) => () => bytesPerSubscriber(name)
  const [ours = 0, peer = 0] = await interleave(rounds, [side('posthorn'), side('grpc-js')])
  return {
    name: 'idle',
    setting: { ...load, measured: 'resident memory after collecting garbage, less before', rounds },
    ours: { bytesPerSubscriber: rounded(ours) },
    peer: { name: 'grpc-js 1.14.7', bytesPerSubscriber: rounded(peer) },
    ratio: rounded(peer / ours),
  }
}

// A process for each round: memory that was used once stays with a process.
async function bytesPerSubscriber(name: string): Promise<number> {
  await using server = await startServer(name)
  using connections = openConnections(server.url, load.connections)
  const { sessions } = connections
  const open = async (index: number) => {
    const session = sessions[index % sessions.length]
    if (session) await subscribe(session, subscribeFrame(`/xmtp/0/m-${index}/proto`), () => {})
  }
  // The first stream of a connection pays for the connection and for code that is loaded late.
  await Promise.all(sessions.map((_, index) => open(index)))
  const before = await server.residentBytes()
  for (let from = sessions.length; from < load.subscribers; from += openedAtOnce) {
    const count = Math.min(openedAtOnce, load.subscribers - from)
    await Promise.all(Array.from({ length: count }, (_, i) => open(from + i)))
  }
  return ((await server.residentBytes()) - before) / (load.subscribers - sessions.length)
}
