// Node CPU per page of 100 rows of 1 KiB over gRPC, against the published gRPC server that answers with
// the same number of bytes from memory.

import { publishToken } from './accounts.ts'
import { envelopeOf, messageBytes, pageRows, publishFrame, queryFrame } from './fixed-messages.ts'
import { type Connections, call, openConnections } from './grpc-calls.ts'
import { interleave, percentile, rounded } from './measure.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'
import { type ServerProcess, startServer } from './server-process.ts'

const load = { pages: 1_000, inFlight: 8, connections: 4, topics: 100, rowsPerTopic: 200 }

/** `npm run bench -- query` */
export async function query({ rounds }: BenchOptions): Promise<Report> {
  await using ours = await startServer('posthorn')
  await using peer = await startServer('grpc-js')
  await fill(ours)
  const latenciesMs: number[] = []
  const side = (server: ServerProcess) => async () => {
    using connections = openConnections(server.url, load.connections)
    const before = await server.cpuMicroseconds()
    const took = await readPages(connections)
    if (server === ours) latenciesMs.push(...took)
    return ((await server.cpuMicroseconds()) - before) / load.pages
  }
  const [oursCpu = 0, peerCpu = 0] = await interleave(rounds, [side(ours), side(peer)])
  return {
    name: 'query',
    setting: { ...load, pageRows, messageBytes, rounds, per: 'page' },
    ours: {
      cpuMicroseconds: rounded(oursCpu),
      p50Milliseconds: rounded(percentile(latenciesMs, 50)),
      p99Milliseconds: rounded(percentile(latenciesMs, 99)),
    },
    peer: {
      name: 'grpc-js 1.14.7, the same page from memory',
      cpuMicroseconds: rounded(peerCpu),
    },
    ratio: rounded(peerCpu / oursCpu),
  }
}

async function fill({ url }: ServerProcess): Promise<void> {
  const authorization = await publishToken()
  using connections = openConnections(url, 1)
  const [session] = connections.sessions
  for (let topic = 0; session && topic < load.topics; topic++) {
    const rows = Array.from({ length: load.rowsPerTopic }, (_, i) => envelopeOf(topicOf(topic), i))
    await call(session, 'Publish', { frame: publishFrame(rows), authorization })
  }
}

async function readPages({ sessions }: Connections): Promise<readonly number[]> {
  const latenciesMs: number[] = []
  let next = 0
  const lane = async (_: unknown, index: number) => {
    const session = sessions[index % sessions.length]
    while (session && next < load.pages) {
      const frame = queryFrame(topicOf(next++ % load.topics))
      const startedMs = performance.now()
      const bytes = await call(session, 'Query', { frame })
      if (bytes < pageRows * messageBytes) throw new Error(`a page of ${bytes} bytes`)
      latenciesMs.push(performance.now() - startedMs)
    }
  }
  await Promise.all(Array.from({ length: load.inFlight }, lane))
  return latenciesMs
}

function topicOf(index: number): string {
  return `/xmtp/0/m-${index}/proto`
}
