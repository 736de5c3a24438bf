// Every vector, on one back end.

import type { Crypto } from '@posthorn/crypto'
import { checkers } from '../../vectors/kinds.ts'
import { runFile } from '../../vectors/run-file.ts'
import { parseVectorFile } from '../../vectors/vector-file.ts'
import type { Result } from './report.ts'

// Their content is compressed; the client takes a compressor of the application where the engine has none.
const compressed = /^message_v2 (?:gzip|deflate)$/

/** Checks the vectors of these files in both directions; those of compressed content where the engine expands it. */
export async function checkVectors(crypto: Crypto, files: readonly string[]): Promise<Result[]> {
  const results: Result[] = []
  const expands = typeof DecompressionStream === 'function'
  for (const { kind, cases } of files.map(parseVectorFile)) {
    const checked = cases.filter(({ name }) => expands || !compressed.test(`${kind} ${name}`))
    const options = { crypto, checkers }
    for await (const { name, failure } of runFile({ kind, cases: checked }, options)) {
      results.push({ name: `vector ${kind} ${name} (${crypto.name})`, failure })
    }
  }
  return results
}
