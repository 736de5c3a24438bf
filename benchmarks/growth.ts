// What appends and pages cost as the store grows tenfold, and tenfold again.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EnvelopeStore, openSqliteStore } from '../packages/store/src/index.ts'
import { cpuMicrosecondsOf, percentile, rounded } from './measure.ts'
import type { Figures, Report } from './report.ts'
import type { BenchOptions } from './run.ts'

const load = { messageBytes: 256, topics: 1_000, inFlight: 256, pages: 1_000, pageRows: 100 }
const firstDecade = 4
// Until the code is compiled, and the indexes take rows as they do from then on.
const warmUpRows = 65_536
// An odd number that has no common divisor with the topics: pages of all of them, in no order.
const stride = 617

/** `npm run bench -- growth [--rows N]` */
export async function growth({ rows }: BenchOptions): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-bench-'))
  const ours: Record<string, number | string> = {}
  try {
    await using opened = await openSqliteStore({ directory })
    await appendAll(opened, { from: 0, to: warmUpRows, of: 'w' })
    for (let decade = firstDecade, from = 0; 10 ** decade <= rows; decade++) {
      const figures = await decadeOf(opened, from, 10 ** decade)
      from = 10 ** decade
      for (const [name, value] of Object.entries(figures)) ours[`${name}1e${decade}`] = value
      console.error(`1e${decade}: ${JSON.stringify(figures)}`)
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
  return { name: 'growth', setting: { ...load, warmUpRows, rows, engine: 'sqlite' }, ours }
}

async function decadeOf(store: EnvelopeStore, from: number, to: number): Promise<Figures> {
  const appendCpu = await cpuMicrosecondsOf(() => appendAll(store, { from, to, of: 'm' }))
  const latenciesMs: number[] = []
  const pageCpu = await cpuMicrosecondsOf(async () => {
    for (let page = 0; page < load.pages; page++) {
      const startedMs = performance.now()
      await readPage(store, to, page)
      latenciesMs.push(performance.now() - startedMs)
    }
  })
  return {
    appendCpuMicroseconds: rounded(appendCpu / (to - from)),
    pageCpuMicroseconds: rounded(pageCpu / load.pages),
    pageP99Milliseconds: rounded(percentile(latenciesMs, 99)),
  }
}

type Rows = { readonly from: number; readonly to: number; readonly of: string }

async function appendAll(store: EnvelopeStore, { from, to, of }: Rows): Promise<void> {
  let next = from
  const lane = async () => {
    while (next < to) await store.append([envelopeOf(next++, of)])
  }
  await Promise.all(Array.from({ length: load.inFlight }, lane))
}

// A page from anywhere in a topic, ten rows of it at least.
async function readPage(store: EnvelopeStore, rows: number, page: number): Promise<void> {
  const topic = (page * stride) % load.topics
  const startNs = BigInt(Math.floor((rows * ((page * stride) % 89)) / 100))
  const { length } = await store.range({
    topics: [topicOf(topic, 'm')],
    startNs,
    direction: 'ascending',
    limit: load.pageRows,
  })
  if (length === 0) throw new Error('an empty page')
}

function envelopeOf(index: number, of: string) {
  const message = new Uint8Array(load.messageBytes)
  new DataView(message.buffer).setUint32(0, index)
  return {
    contentTopic: topicOf(index % load.topics, of),
    timestampNs: BigInt(index),
    message,
  }
}

function topicOf(index: number, of: string): string {
  return `/xmtp/0/${of}-${index}/proto`
}
