// Every vector, on one back end.

import type { Crypto } from '@posthorn/crypto'
import { checkers } from '../../vectors/kinds.ts'
import { runFile } from '../../vectors/run-file.ts'
import { parseVectorFile } from '../../vectors/vector-file.ts'
import type { Result } from './report.ts'

/** Checks the vectors of these files in both directions. */
export async function checkVectors(crypto: Crypto, files: readonly string[]): Promise<Result[]> {
  const results: Result[] = []
  for (const text of files) {
    for await (const { kind, name, failure } of runFile(parseVectorFile(text), {
      crypto,
      checkers,
    })) {
      results.push({ name: `vector ${kind} ${name} (${crypto.name})`, failure })
    }
  }
  return results
}
