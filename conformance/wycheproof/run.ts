// `npm run wycheproof -- DIR [--backend NAME]`: runs the Wycheproof files in a folder on every back end.
// Exit code 0 when no case failed, 1 when one did, 2 when there was nothing to run.

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type BackendName, loadCrypto } from '@posthorn/crypto'
import { ProtocolError, UsageError } from '@posthorn/errors'
import { linesOf } from './report.ts'
import { type FileReport, runFile } from './run-file.ts'
import { loadNobleChecks, nodeChecks } from './signature-checks.ts'
import type { Backend } from './suite.ts'
import { readFolder } from './vector-file.ts'

const backendNames: readonly BackendName[] = ['native', 'web', 'noble']

process.exitCode = await main(process.argv.slice(2)).catch(explain)

async function main(argv: readonly string[]): Promise<number> {
  const { folder, names } = readArguments(argv)
  const files = await readFolder(folder)
  const backends = await Promise.all(names.map(loadBackend))
  for (const { name, crypto } of backends) console.log(`back end ${name}: ${crypto.detail}`)
  const reports: FileReport[] = []
  for (const file of files) {
    for (const backend of backends) {
      const report = await runFile(file, backend)
      reports.push(report)
      for (const line of linesOf(report)) console.log(line)
    }
  }
  const passed = reports.reduce((sum, report) => sum + report.passed, 0)
  const failed = reports.reduce((sum, report) => sum + report.failures.length, 0)
  if (passed + failed === 0) {
    throw new UsageError('wycheproof/nothing-to-run', `Run ${folder}: found no case for this port`)
  }
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 ? 1 : 0
}

function readArguments(argv: readonly string[]): {
  folder: string
  names: readonly BackendName[]
} {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { backend: { type: 'string' } },
    allowPositionals: true,
  })
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1) {
    throw new UsageError('wycheproof/usage', 'Usage: npm run wycheproof -- DIR [--backend NAME]')
  }
  if (values.backend === undefined) return { folder: resolve(folder), names: backendNames }
  const name = backendNames.find((known) => known === values.backend)
  if (name !== undefined) return { folder: resolve(folder), names: [name] }
  throw new UsageError(
    'wycheproof/usage',
    `Choose back end: found ${values.backend}, wanted one of ${backendNames.join(', ')}`,
  )
}

async function loadBackend(name: BackendName): Promise<Backend> {
  const crypto = await loadCrypto({ backend: name })
  await crypto.ready
  return { name, crypto, checks: name === 'native' ? nodeChecks : loadNobleChecks() }
}

function explain(error: unknown): number {
  const isOurs = error instanceof ProtocolError
  const isArgument = error instanceof TypeError && 'code' in error
  if (!isOurs && !isArgument) throw error
  console.error(error.message)
  return 2
}
