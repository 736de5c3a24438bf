// `node conformance/platforms/run.ts [NAME...]`: the client on every platform that can be had here. The last line
// is `N passed, N failed, N skipped`; what cannot be had or tried is skipped with its reason, and a platform of
// which nothing ran is no success.

import { page, reactNativeOnPage, webWorker } from './hosts/chromium.ts'
import { expo } from './hosts/expo.ts'
import { hermes } from './hosts/hermes.ts'
import { bun, deno, node } from './hosts/processes.ts'
import { webStandard } from './hosts/web-standard.ts'
import { workerd } from './hosts/workerd.ts'
import type { Outcome, Platform } from './platform.ts'
import { createWorld } from './world.ts'

const platforms: readonly Platform[] = [
  node,
  bun,
  deno,
  webStandard,
  workerd,
  page,
  webWorker,
  reactNativeOnPage,
  hermes,
  expo,
]

process.exitCode = await main(process.argv.slice(2))

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !platforms.some((each) => each.name === name))
  if (unknown.length > 0) {
    const known = platforms.map(({ name }) => name).join(', ')
    console.error(`No platform named ${unknown.join(', ')}: ${known}`)
    return 2
  }
  const chosen = platforms.filter(({ name }) => names.length === 0 || names.includes(name))
  await using world = createWorld()
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const platform of chosen) {
    const outcome = await platform.run(world).catch(failedToRun)
    const counts = show(platform.name, outcome)
    total.passed += counts.passed
    total.failed += counts.failed
    total.skipped += counts.skipped
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  return total.failed > 0 || total.passed === 0 ? 1 : 0
}

function failedToRun(error: unknown): Outcome {
  const failure = error instanceof Error ? error.message : String(error)
  return {
    kind: 'ran',
    version: '',
    report: { results: [{ name: 'the program runs', failure }], backends: [] },
  }
}

type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number }

function show(name: string, outcome: Outcome): Counts {
  if (outcome.kind === 'skipped') {
    console.log(`skipped ${name}: ${outcome.reason}`)
    return { passed: 0, failed: 0, skipped: 1 }
  }
  const { version, report } = outcome
  const failures = report.results.filter(({ failure }) => failure !== undefined)
  for (const { name: what, failure } of failures) {
    console.log(`FAILED  ${name} ${version}: ${what}: ${failure}`.replaceAll(/\s+/g, ' '))
  }
  const passed = report.results.length - failures.length
  console.log(
    `${failures.length === 0 ? 'ok     ' : 'FAILED '} ${name} ${version}: ${passed} of ${report.results.length}`,
  )
  const leftOut = report.leftOut ?? []
  for (const what of leftOut) console.log(`skipped ${name} ${version}: ${what}`)
  // Without a single result a report says nothing, however well it reads.
  const empty = report.results.length === 0 ? 1 : 0
  if (empty > 0) console.log(`FAILED  ${name} ${version}: the report has no results`)
  for (const { name: backend, detail, ...figures } of report.backends) {
    const costs = Object.entries(figures).map(([what, ms]) => `${what} ${ms.toFixed(2)}`)
    console.log(`        ${backend}: ${detail}; ${costs.join(', ')}`)
  }
  return { passed, failed: failures.length + empty, skipped: leftOut.length }
}
