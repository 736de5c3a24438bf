// node conformance/compat/run.ts [PART OF A NAME]: the same flows against the published package and against
// the facade on one real node; what they observe has to be the same. With --record, what the published package
// gave is kept in published.json and published-names.json, for tests where the package is not installed.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import * as facade from '@posthorn/compat'
import { loadPeer, pathOfPeer } from '../../peers/load.ts'
import { openWorld } from '../xmtp-js/world.ts'
import { exportedNames } from './exported-names.ts'
import { firstDifference } from './first-difference.ts'
import type { Api } from './flow.ts'
import { flows } from './flows.ts'
import { observe } from './observe.ts'

const published = loadPeer<Api>('@xmtp/xmtp-js')
const { values, positionals } = parseArgs({
  options: { record: { type: 'boolean' } },
  allowPositionals: true,
})
const chosen = flows.filter(({ name }) => name.includes(positionals[0] ?? ''))
const recorded: Record<string, unknown> = {}
// The published package tells the console of every envelope that it leaves out.
console.warn = () => undefined
console.info = () => undefined

const world = await openWorld()
let passed = 0
for (const flow of chosen) {
  const [theirs, ours] = [
    await outcome(() => observe(flow, { api: published, url: world.url })),
    await outcome(() => observe(flow, { api: facade, url: world.url })),
  ]
  const isSame = !('failure' in theirs) && isDeepStrictEqual(theirs, ours)
  if (isSame) passed += 1
  if ('observed' in theirs) recorded[flow.name] = theirs.observed
  console.log(
    isSame ? `ok      ${flow.name}` : `FAILED  ${flow.name}: ${firstDifference(theirs, ours)}`,
  )
}
await world[Symbol.asyncDispose]()
const names = exportedNames(pathOfPeer('@xmtp/xmtp-js/dist/index.d.ts'))
if (values.record) {
  writeJson('published.json', recorded)
  writeJson('published-names.json', names)
}
const hasNames = isDeepStrictEqual(names, readJson('published-names.json'))
console.log(hasNames ? 'ok      names' : 'FAILED  names: run with --record')
console.log(`${passed} passed, ${chosen.length - passed} failed`)
process.exit(passed === chosen.length && passed > 0 && hasNames ? 0 : 1)

function writeJson(name: string, value: unknown): void {
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(value, undefined, 2)}\n`)
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'))
}

type Outcome = { readonly observed: unknown } | { readonly failure: string }

async function outcome(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { observed: await run() }
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
