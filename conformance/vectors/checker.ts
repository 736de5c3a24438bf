// How a kind of vector is checked: a checker computes every fact from the input, and the frame compares the
// facts with the expectation. A field that a vector expects and nobody computes is a failure.

import type { Crypto } from '@posthorn/crypto'
import { ProtocolError } from '@posthorn/errors'
import { difference } from './compare.ts'
import type { Fields, Json } from './fields.ts'

/** What a checker is given: a case, and the back end to compute with. */
export type CheckInput = {
  readonly crypto: Crypto
  readonly input: Fields
  /** For given randomness only (salts, nonces): facts are computed from `input`. */
  readonly expect: Fields
}

/** Facts by the names that expectations use. Facts that a case does not expect are not compared. */
export type Facts = Readonly<Record<string, Json | undefined>>

/** Checks one kind of vector. */
export type Checker = {
  /** Fields of expectations that are for readers only. */
  readonly informative?: readonly string[]
  /** Computes the facts. Throwing fails the case, unless the case expects `{ refused: true }`. */
  compute(check: CheckInput): Promise<Facts> | Facts
}

/** Why a case fails, or undefined when it passes. */
export async function checkCase(checker: Checker, check: CheckInput): Promise<string | undefined> {
  const { expect } = check
  if (expect['refused'] === true) return checkRefused(checker, check)
  const facts = await checker.compute(check)
  const names = Object.keys(expect).filter((name) => !checker.informative?.includes(name))
  if (names.length === 0) return 'expects nothing'
  for (const name of names) {
    const wanted = expect[name]
    if (!Object.hasOwn(facts, name)) return `nothing computes expect.${name}`
    const found = wanted === undefined ? undefined : difference(facts[name], wanted, name)
    if (found !== undefined) return found
  }
  return undefined
}

async function checkRefused(checker: Checker, check: CheckInput): Promise<string | undefined> {
  const unknown = Object.keys(check.expect).find((name) => name !== 'refused' && name !== 'reason')
  if (unknown !== undefined) return `nothing computes expect.${unknown} of a refused case`
  try {
    await checker.compute(check)
    return 'accepted, expected to be refused'
  } catch (error) {
    const isRefusal = error instanceof ProtocolError && !error.code.startsWith('vectors/')
    return isRefusal ? undefined : `refused with another error: ${String(error)}`
  }
}
