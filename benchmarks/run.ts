// npm run bench -- NAME [--json] [--rounds N] [--peer NAME] [--rows N] [--backend native|web|noble]

import { parseArgs } from 'node:util'
import type { BackendName } from '../packages/crypto/src/index.ts'
import { printReport, type Report } from './report.ts'

/** Options of benchmarks; each takes those that mean something to it. */
export type BenchOptions = {
  readonly rounds: number
  /** Another program to measure beside ours. */
  readonly peer: string | undefined
  /** What computes in our clients; undefined for the fastest. */
  readonly backend: BackendName | undefined
  /** Where `growth` stops; at most so many conversations for `inbox`. */
  readonly rows: number
}

type Bench = (options: BenchOptions) => Promise<Report>

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  'v2-send': async () => (await import('./v2-send.ts')).v2Send,
  'v2-receive': async () => (await import('./v2-receive.ts')).v2Receive,
  threads: async () => (await import('./threads.ts')).threads,
  inbox: async () => (await import('./inbox.ts')).inbox,
  publish: async () => (await import('./publish.ts')).publish,
  fanout: async () => (await import('./fanout.ts')).fanout,
  idle: async () => (await import('./idle.ts')).idle,
  query: async () => (await import('./query.ts')).query,
  store: async () => (await import('./store.ts')).store,
  growth: async () => (await import('./growth.ts')).growth,
  start: async () => (await import('./start.ts')).start,
  size: async () => (await import('./size.ts')).size,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    peer: { type: 'string' },
    backend: { type: 'string' },
    rows: { type: 'string', default: '1e6' },
  },
})
const load = benches[positionals[0] ?? '']
const rounds = Number(values.rounds)
const rows = Number(values.rows)
if (load === undefined || !isCount(rounds) || !isCount(rows)) {
  const names = Object.keys(benches).join(' | ')
  console.error(
    `Usage: npm run bench -- ${names} [--json] [--rounds N] [--peer redis] [--rows N] [--backend NAME]`,
  )
  process.exit(2)
}
const bench = await load()
printReport(
  await bench({ rounds, rows, peer: values.peer, backend: backendNamed(values.backend) }),
  values.json,
)
process.exit(0)

function backendNamed(name: string | undefined): BackendName | undefined {
  if (name === undefined || name === 'native' || name === 'web' || name === 'noble') return name
  console.error(`Unknown back end ${name}: native, web or noble`)
  process.exit(2)
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1
}
