// Node CPU per durable publish of 1 KiB, with authentication and limits, against the published gRPC server that
// stores nothing.

import { publishToken } from './accounts.ts'
import { publishLoad } from './grpc-load.ts'
import { interleave, rounded } from './measure.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'
import { type ServerProcess, startServer } from './server-process.ts'

const load = { count: 20_000, inFlight: 256, messageBytes: 1024, topics: 1000 }

// Each publish is counted, and none is refused.
const limits = { limits: 'on', 'publish-limit': '10000000/10000000' }

/** `npm run bench -- publish` */
export async function publish({ rounds }: BenchOptions): Promise<Report> {
  const authorization = await publishToken()
  await using ours = await startServer('posthorn', limits)
  await using peer = await startServer('grpc-js')
  const seconds: number[] = []
  let seed = 0
  const side = (server: ServerProcess) => async () => {
    const before = await server.cpuMicroseconds()
    const took = await publishLoad({ ...load, url: server.url, authorization, seed: seed++ })
    if (server === ours) seconds.push(took)
    return ((await server.cpuMicroseconds()) - before) / load.count
  }
  const [oursCpu = 0, peerCpu = 0] = await interleave(rounds, [side(ours), side(peer)])
  return {
    name: 'publish',
    setting: {
      ...load,
      authentication: 'on',
      limits: 'on',
      durability: 'fsync before the answer',
      rounds,
    },
    ours: {
      cpuMicroseconds: rounded(oursCpu),
      perSecond: rounded(load.count / Math.min(...seconds)),
    },
    peer: { name: 'grpc-js 1.14.7, empty handler', cpuMicroseconds: rounded(peerCpu) },
    ratio: rounded(peerCpu / oursCpu),
  }
}
