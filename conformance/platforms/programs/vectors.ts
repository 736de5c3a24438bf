// Every vector, on one back end.

import type { Crypto } from '@posthorn/crypto'
import { checkers } from '../../vectors/kinds.ts'
import { runFile } from '../../vectors/run-file.ts'
import { parseVectorFile } from '../../vectors/vector-file.ts'
import type { Result } from './report.ts'

// Their content is compressed; the client takes a compressor of the application where the engine has none.
const compressed = /^message_v2 (?:gzip|deflate)$/

/** What became of the vectors. */
export type VectorsReport = {
  readonly results: readonly Result[]
  readonly leftOut: readonly string[]
}

/** Checks the vectors of these files in both directions; those of compressed content where the engine expands it. */
export async function checkVectors(
  crypto: Crypto,
  files: readonly string[],
): Promise<VectorsReport> {
  const results: Result[] = []
  const leftOut: string[] = []
  const expands = typeof DecompressionStream === 'function'
  for (const { kind, cases } of files.map(parseVectorFile)) {
    const checked = cases.filter(({ name }) => expands || !compressed.test(`${kind} ${name}`))
    for (const { name } of cases.filter((each) => !checked.includes(each))) {
      leftOut.push(`vector ${kind} ${name}: the engine has no DecompressionStream`)
    }
    const options = { crypto, checkers }
    for await (const { name, failure } of runFile({ kind, cases: checked }, options)) {
      results.push({ name: `vector ${kind} ${name} (${crypto.name})`, failure })
    }
  }
  return { results, leftOut }
}
