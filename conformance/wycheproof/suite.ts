import type { Crypto } from '@posthorn/crypto'
import { ProtocolError } from '@posthorn/errors'
import type { SignatureChecks } from './signature-checks.ts'
import type { Fields, TestCase } from './vector-file.ts'

/** A back end under test, and the signature schemes beside the port that run under its name. */
export type Backend = {
  readonly name: string
  readonly crypto: Crypto
  readonly checks: SignatureChecks
}

/** What a primitive made of a case. */
export type Answer =
  /** It took the input and gave what the file says; the note names a rule of ours that showed. */
  | { readonly kind: 'accepted'; readonly note?: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wrong'; readonly reason: string }
  /** Not a case for the port. */
  | { readonly kind: 'outside'; readonly reason: string }

/** Runs one case on one back end. */
export type Suite = (backend: Backend, group: Fields, test: TestCase) => Answer | Promise<Answer>

/** The answer that was expected, in the one form that most primitives give. */
export const accepted: Answer = { kind: 'accepted' }

/** The answer to an input that the primitive does not take. */
export const refused: Answer = { kind: 'refused' }

/** An answer that fails the case whatever its file says. */
export function wrong(reason: string): Answer {
  return { kind: 'wrong', reason }
}

/** What `use` gives, or undefined when it refuses; errors that are not the port's own pass through. */
export async function unlessRefused<T>(use: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await use()
  } catch (error) {
    if (error instanceof ProtocolError && error.code.startsWith('crypto/')) return undefined
    throw error
  }
}

/** Why the answer fails the case, or undefined when it passes. */
export function failureOf(test: TestCase, answer: Answer): string | undefined {
  if (answer.kind === 'wrong') return answer.reason
  if (answer.kind === 'outside') return undefined
  if (test.result === 'acceptable') return undefined
  const wanted = test.result === 'valid' ? 'accepted' : 'refused'
  return answer.kind === wanted ? undefined : `${answer.kind}, but the file says ${test.result}`
}
