// What PostgreSQL and the way to it report, in our codes. Neither messages about data nor causes are passed on:
// they may hold what they are about.

import { StorageError } from '@posthorn/errors'

/** How long to wait before trying again, unless somebody knows better. */
const retryAfterMs = 1_000

// SQLSTATE classes whose messages are about the server, never about a row.
const speakingClasses: ReadonlySet<string> = new Set(['08', '28', '3D', '42', '53', '57', '58'])
// Data or index corrupted; a table, column, function or schema of ours is missing.
const damaged = /^(XX00[12]|42P01|42703|42883|3F000)$/

/** The error of a failed attempt: `store/corrupt` when tables are damaged, otherwise `store/unavailable`. */
export function storageError(attempt: string, cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause
  const found = `${attempt}: ${describe(cause)}`
  if (damaged.test(sqlState(cause) ?? '')) {
    return new StorageError('store/corrupt', `${found}; restore the database from a backup`)
  }
  return new StorageError('store/unavailable', found, { retryAfterMs })
}

/** Whether a first attempt may fail so while a server starts; everything else will not heal by waiting. */
export function isPassing(cause: unknown): boolean {
  const state = sqlState(cause)
  return state === undefined || /^(08|53|57)/.test(state)
}

/** The server's five-character code; undefined when it did not answer. */
export function sqlState(cause: unknown): string | undefined {
  const code = codeOf(cause)
  // Errors of the operating system have names such as ECONNREFUSED and EPIPE; a code always has a digit.
  return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined
}

function describe(cause: unknown): string {
  const state = sqlState(cause)
  if (state === undefined) return `the database did not answer (${codeOf(cause) ?? 'disconnected'})`
  const isSpeaking = cause instanceof Error && speakingClasses.has(state.slice(0, 2))
  return `the database refused (${state}${isSpeaking ? `: ${cause.message}` : ''})`
}

function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  const code = 'code' in cause ? cause.code : codeOf(cause.cause)
  return typeof code === 'string' ? code : undefined
}
