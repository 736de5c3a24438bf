// What a check is, and how it says what it found.

import { ValidationError } from '@posthorn/errors'
import type { Api, Protocol } from './api.ts'
import type { Bench } from './bench.ts'

/** Groups of checks, as docs/conformance.md has them. */
export const groups = [
  'gateway',
  'publish',
  'query',
  'batch',
  'stream',
  'authn',
  'limits',
  'grpc',
] as const

/** One of them. */
export type Group = (typeof groups)[number]

/** Why a check says nothing about a node. */
export type Skip = { readonly kind: 'skip'; readonly reason: string }

/** What a check works with. */
export type Subject = { readonly api: Api; readonly bench: Bench }

/** One behaviour that clients rely on. */
export type Check = {
  /** `group.name`; stable. */
  readonly id: `${Group}.${string}`
  /** The behaviour, as a sentence. */
  readonly title: string
  /** Protocols that have it; all without it. */
  readonly protocols?: readonly Protocol[]
  /** Resolves when the node shows it. @throws ValidationError `conformance/mismatch` */
  run(subject: Subject): Promise<Skip | undefined>
}

const shownChars = 300

/** A check that says nothing here. */
export function skip(reason: string): Skip {
  return { kind: 'skip', reason }
}

/**
 * Compares what was found with what is expected, as JSON.
 *
 * @throws ValidationError `conformance/mismatch`
 */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  const [left, right] = [shown(found), shown(expected)]
  if (left !== right) throw mismatch(what, left, right)
}

/** @throws ValidationError `conformance/mismatch` when the text does not have that form */
export function expectMatch(what: string, found: string, expected: RegExp): void {
  if (!expected.test(found)) throw mismatch(what, shown(found), `text like ${expected}`)
}

/** @throws ValidationError `conformance/mismatch` unless it holds */
export function expectThat(what: string, holds: boolean, found: unknown): void {
  if (!holds) throw mismatch(what, shown(found), what)
}

function mismatch(what: string, found: string, expected: string): ValidationError {
  return new ValidationError('conformance/mismatch', what, {
    details: { found: cut(found), expected: cut(expected) },
  })
}

function shown(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) => {
      if (typeof each === 'bigint') return String(each)
      return each instanceof Uint8Array ? `${each.length} bytes` : each
    }) ?? 'nothing'
  )
}

function cut(text: string): string {
  return text.length <= shownChars ? text : `${text.slice(0, shownChars)}…`
}
