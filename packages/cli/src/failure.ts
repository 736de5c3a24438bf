// What a run that failed says and how it ends.

import { ProtocolError } from '@posthorn/errors'
import { type HintFacts, hintFor } from './hints.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

/** How a run ended, for scripts. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const

/** An error as a person or a script gets it. */
export type Failure = {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly exitCode: number
}

// Mistakes in what was typed, wherever they are found out.
const usageCodes: ReadonlySet<string> = new Set([
  'identity/bad-address',
  'identity/bad-address-checksum',
  'transport/bad-url',
  'names/bad-rpc',
  'names/invalid-name',
  'names/confusable-name',
  'names/unsupported-name',
  'conversation/self',
])

/** The failure that an error is. */
export function failureOf(error: unknown, facts: HintFacts): Failure {
  if (!(error instanceof ProtocolError)) return unexpected(error)
  return {
    code: error.code,
    message: error.message,
    hint: hintFor(error.code, facts),
    retryAfterMs: error.retryAfterMs,
    exitCode: exitCodeOf(error),
  }
}

/** The failure as the document that `--json` prints. */
export function failureDocument(failure: Failure): unknown {
  const { code, message, hint, retryAfterMs } = failure
  return { error: { code, message, hint, retryAfterMs } }
}

/** The failure for people. */
export function failureText(failure: Failure, style: Style): string {
  const lines = [
    `${style.bad('error')} ${printable(failure.message)} ${style.dim(`[${failure.code}]`)}`,
  ]
  if (failure.hint !== undefined) lines.push(`${style.accent('hint')}  ${printable(failure.hint)}`)
  return lines.join('\n')
}

function exitCodeOf({ name, code }: ProtocolError): number {
  if (code === 'cli/cancelled') return exitCodes.interrupted
  const isTyped = name === 'UsageError' && /^(cli|config)\//.test(code)
  return isTyped || usageCodes.has(code) ? exitCodes.usage : exitCodes.failure
}

function unexpected(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal/unexpected',
    message: `Run command: ${message}`,
    hint: 'this is a bug of posthorn; run again with POSTHORN_DEBUG=1 for the place and report it',
    exitCode: exitCodes.failure,
  }
}
