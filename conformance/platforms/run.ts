// `node conformance/platforms/run.ts [NAME...]`: the client on every platform that can be had here. The last line
// is `N passed, N failed`; what cannot be had is skipped with its reason.

import { page, reactNativeOnPage, webWorker } from './hosts/chromium.ts'
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
]

process.exitCode = await main(process.argv.slice(2))

async function main(names: readonly string[]): Promise<number> {
  const chosen = platforms.filter(({ name }) => names.length === 0 || names.includes(name))
  await using world = createWorld()
  let passed = 0
  let failed = 0
  for (const platform of chosen) {
    const outcome = await platform.run(world).catch(failedToRun)
    const counts = show(platform.name, outcome)
    passed += counts.passed
    failed += counts.failed
  }
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 || passed === 0 ? 1 : 0
}

function failedToRun(error: unknown): Outcome {
  const failure = error instanceof Error ? error.message : String(error)
  return {
    kind: 'ran',
    version: '',
    report: { results: [{ name: 'the program runs', failure }], backends: [] },
  }
}

function show(
  name: string,
  outcome: Outcome,
): { readonly passed: number; readonly failed: number } {
  if (outcome.kind === 'skipped') {
    console.log(`skipped ${name}: ${outcome.reason}`)
    return { passed: 0, failed: 0 }
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
  for (const { name: backend, detail, ...figures } of report.backends) {
    const costs = Object.entries(figures).map(([what, ms]) => `${what} ${ms.toFixed(2)}`)
    console.log(`        ${backend}: ${detail}; ${costs.join(', ')}`)
  }
  return { passed, failed: failures.length }
}
