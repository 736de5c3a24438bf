// CPU per durable append of 1 KiB, main thread and writer together, 256 appends in flight.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../packages/store/src/index.ts'
import { cpuMicrosecondsOf, interleave, rounded } from './measure.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'

const load = { count: 30_000, inFlight: 256, messageBytes: 1024, topics: 1000 }

/** `npm run bench -- store` */
export async function store({ rounds }: BenchOptions): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-bench-'))
  const seconds: number[] = []
  let [cpu = 0] = [0]
  {
    await using opened = await openSqliteStore({ directory })
    let next = 0
    const appendAll = async () => {
      const end = next + load.count
      const startedAt = performance.now()
      const lane = async () => {
        while (next < end) await opened.append([envelope(next++)])
      }
      await Promise.all(Array.from({ length: load.inFlight }, lane))
      seconds.push((performance.now() - startedAt) / 1000)
    }
    const side = async () => (await cpuMicrosecondsOf(appendAll)) / load.count
    ;[cpu = 0] = await interleave(rounds, [side])
  }
  rmSync(directory, { recursive: true, force: true })
  return {
    name: 'store',
    setting: { ...load, engine: 'sqlite', durability: 'fsync before the answer', rounds },
    ours: {
      cpuMicroseconds: rounded(cpu),
      perSecond: rounded(load.count / Math.min(...seconds)),
    },
  }
}

function envelope(index: number) {
  const message = new Uint8Array(load.messageBytes)
  new DataView(message.buffer).setUint32(0, index)
  const contentTopic = `/xmtp/0/m-${index % load.topics}/proto`
  return { contentTopic, timestampNs: BigInt(index), message }
}
