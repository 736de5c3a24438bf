// Runs every guard over this checkout and shows each rule with what it found.

import { join } from 'node:path'
import { type Finding, runGuard } from './guards/guard.ts'
import { guards } from './guards/index.ts'
import { readTree } from './guards/tree.ts'

const tree = readTree(join(import.meta.dirname, '..'), ['testing/sins'])
let failures = 0

for (const guard of guards) {
  const { inspected, findings } = await runGuard(guard, tree)
  const errors = findings.filter((each) => each.severity === 'error')
  failures += errors.length
  const outcome = errors.length === 0 ? 'ok  ' : 'FAIL'
  console.log(`${outcome} ${guard.name.padEnd(26)} ${inspected} inspected. ${guard.rule}`)
  for (const finding of findings) console.log(`       ${show(finding)}`)
}

console.log(failures === 0 ? 'All guards hold' : `${failures} violations`)
process.exitCode = failures === 0 ? 0 : 1

function show(finding: Finding): string {
  const mark = finding.severity === 'note' ? 'note: ' : ''
  return `${mark}${finding.file}:${finding.line} ${finding.message}`
}
