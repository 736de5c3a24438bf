// npm run bench -- NAME [--json] [--rounds N]

import { parseArgs } from 'node:util'
import { printReport, type Report } from './report.ts'

/** Options that every benchmark takes. */
export type BenchOptions = { readonly rounds: number }

type Bench = (options: BenchOptions) => Promise<Report>

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  'v2-send': async () => (await import('./v2-send.ts')).v2Send,
  'v2-receive': async () => (await import('./v2-receive.ts')).v2Receive,
  publish: async () => (await import('./publish.ts')).publish,
  store: async () => (await import('./store.ts')).store,
  start: async () => (await import('./start.ts')).start,
  size: async () => (await import('./size.ts')).size,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
})
const load = benches[positionals[0] ?? '']
const rounds = Number(values.rounds)
if (load === undefined || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`Usage: npm run bench -- ${Object.keys(benches).join(' | ')} [--json] [--rounds N]`)
  process.exit(2)
}
const bench = await load()
printReport(await bench({ rounds }), values.json)
process.exit(0)
