// What a check is.

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

/** A check that says nothing here. */
export function skip(reason: string): Skip {
  return { kind: 'skip', reason }
}
