// `npm run vectors -- DIR`: checks a folder of vectors and prints a line per case.

import { resolve } from 'node:path'
import { loadCrypto } from '@posthorn/crypto'
import { checkers } from './kinds.ts'
import type { CaseResult } from './run-file.ts'
import { runFolder } from './run-folder.ts'

const ownVectors = new URL('../../vectors/v2', import.meta.url).pathname

process.exitCode = await main(process.argv[2])

async function main(argument: string | undefined): Promise<number> {
  const folder = argument === undefined ? ownVectors : resolve(argument)
  let passed = 0
  let failed = 0
  try {
    for await (const result of runFolder(folder, { crypto: await loadCrypto(), checkers })) {
      if (result.failure === undefined) passed++
      else failed++
      console.log(lineOf(result))
    }
  } catch (error) {
    failed++
    console.log(`FAILED folder ${folder}: ${String(error)}`)
  }
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 || passed === 0 ? 1 : 0
}

function lineOf({ kind, name, failure }: CaseResult): string {
  const line = failure === undefined ? `ok ${kind} ${name}` : `FAILED ${kind} ${name}: ${failure}`
  return line.replaceAll(/\s+/g, ' ')
}
