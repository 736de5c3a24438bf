// Runs the cases of one vector file. Neither this file nor what it imports needs anything of Node, so that
// every platform of conformance/platforms runs the same checks.

import type { Crypto } from '@posthorn/crypto'
import { type Checker, checkCase } from './checker.ts'
import type { VectorCase, VectorFile } from './vector-file.ts'

/** The outcome of one case, or of a file that could not be read. */
export type CaseResult = {
  readonly kind: string
  readonly name: string
  /** Why it failed; undefined when it passed. */
  readonly failure: string | undefined
}

/** What running vectors takes. */
export type RunOptions = {
  readonly crypto: Crypto
  readonly checkers: Readonly<Record<string, Checker>>
}

/** Runs the cases of a file in their order. */
export async function* runFile(
  { kind, cases }: VectorFile,
  { crypto, checkers }: RunOptions,
): AsyncGenerator<CaseResult> {
  const checker = Object.hasOwn(checkers, kind) ? checkers[kind] : undefined
  for (const vector of cases) {
    const failure = checker === undefined ? 'unknown kind' : await runCase(checker, vector, crypto)
    yield { kind, name: vector.name, failure }
  }
}

async function runCase(
  checker: Checker,
  { input, expect }: VectorCase,
  crypto: Crypto,
): Promise<string | undefined> {
  try {
    return await checkCase(checker, { crypto, input, expect })
  } catch (error) {
    return `threw ${String(error)}`
  }
}
