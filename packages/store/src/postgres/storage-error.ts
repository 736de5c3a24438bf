// What PostgreSQL and the way to it report, in our codes and words. Neither its own texts nor causes are
// passed on: errors reach clients, and those may hold rows, addresses or passwords.

import { StorageError } from '@posthorn/errors'

const retryAfterMs = 1_000

// By the beginning of the server's code, the longest first.
const reasons: readonly (readonly [start: string, reason: string])[] = [
  ['25006', 'it is read-only'],
  ['28', 'it refuses the user or password'],
  ['3D', 'it does not exist'],
  ['42501', 'the user lacks a right'],
  ['53100', 'its disk is full'],
  ['53', 'it is out of resources'],
  ['57', 'it is starting, stopping or was interrupted'],
]

// Data or index corrupted; a table, column, function or schema of ours is missing.
const damaged = /^(XX00[12]|42P01|42703|42883|3F000)$/

/** The error of a failed attempt: `store/corrupt` when tables are damaged, otherwise `store/unavailable`. */
export function storageError(attempt: string, cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause
  const state = sqlState(cause)
  if (state !== undefined && damaged.test(state)) {
    const text = `${attempt}: the database is damaged (${state}); restore it from a backup`
    return new StorageError('store/corrupt', text)
  }
  const text = `${attempt}: ${state === undefined ? silence(cause) : refusal(state)}`
  return new StorageError('store/unavailable', text, { retryAfterMs })
}

/** Whether a first attempt may fail so while a server starts; everything else will not heal by waiting. */
export function isPassing(cause: unknown): boolean {
  const state = sqlState(cause)
  return state === undefined || /^(08|53|57)/.test(state)
}

function silence(cause: unknown): string {
  const code = codeOf(cause)
  return `the database did not answer${code === undefined ? '' : ` (${code})`}`
}

function refusal(state: string): string {
  const known = reasons.find(([start]) => state.startsWith(start))
  return `the database refused${known === undefined ? '' : `, ${known[1]}`} (${state})`
}

/** The server's five-character code; undefined when it did not answer. */
function sqlState(cause: unknown): string | undefined {
  const code = codeOf(cause)
  // Errors of the operating system have names such as ECONNREFUSED and EPIPE; a code always has a digit.
  return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined
}

function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  const code = 'code' in cause ? cause.code : codeOf(cause.cause)
  return typeof code === 'string' ? code : undefined
}
