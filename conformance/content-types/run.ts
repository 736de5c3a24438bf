// `node conformance/content-types/run.ts [NAME]`: our codecs and the published ones on the same random content,
// encoding and decoding for each other. The last line is `N passed, N failed`.

import { runGroup } from './check.ts'
import { differenceGroups } from './differences.ts'
import { javascriptGroups } from './javascript.ts'
import { nativeGroups, protobufGroups } from './native.ts'
import { remoteGroups } from './remote.ts'

const groups = [
  ...javascriptGroups,
  ...nativeGroups,
  ...protobufGroups,
  ...remoteGroups,
  ...differenceGroups,
]

process.exitCode = await main(process.argv[2])

async function main(only = ''): Promise<number> {
  let passed = 0
  let failed = 0
  for (const group of groups) {
    if (!group.name.includes(only)) continue
    const counts = await runGroup(group)
    passed += counts.passed
    failed += counts.failed
  }
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 || passed === 0 ? 1 : 0
}
