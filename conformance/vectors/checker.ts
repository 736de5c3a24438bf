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
  /**
   * Computes the facts. Throwing an error of ours means that the input is refused: `accepted` is then false
   * and `refused` true, and there are no other facts.
   */
  compute(check: CheckInput): Promise<Facts> | Facts
}

type Outcome = {
  readonly facts: Facts
  /** Why the input was refused. */
  readonly refusal?: ProtocolError
}

/** Why a case fails, or undefined when it passes. */
export async function checkCase(checker: Checker, check: CheckInput): Promise<string | undefined> {
  const { facts, refusal } = await outcomeOf(checker, check)
  const informative = [...(checker.informative ?? []), ...(refusal === undefined ? [] : ['reason'])]
  const names = Object.keys(check.expect).filter((name) => !informative.includes(name))
  if (names.length === 0) return 'expects nothing'
  for (const name of names) {
    const found = compare(facts, check.expect, name)
    if (found !== undefined) return refusal === undefined ? found : `refused: ${refusal.message}`
  }
  return undefined
}

function compare(facts: Facts, expect: Fields, name: string): string | undefined {
  if (!Object.hasOwn(facts, name)) return `nothing computes expect.${name}`
  return difference(facts[name], expect[name] ?? null, name)
}

async function outcomeOf(checker: Checker, check: CheckInput): Promise<Outcome> {
  try {
    const facts = await checker.compute(check)
    return { facts: { accepted: true, refused: false, ...facts } }
  } catch (error) {
    // A vector that cannot be read or rebuilt says nothing about its input.
    const isRefusal = error instanceof ProtocolError && !error.code.startsWith('vectors/')
    if (!isRefusal) throw error
    return { facts: { accepted: false, refused: true }, refusal: error }
  }
}
