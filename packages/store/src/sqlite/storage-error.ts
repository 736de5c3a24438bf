// What the database reports, in our codes.

import { StorageError } from '@posthorn/errors'

// SQLite's primary result codes. ERROR means a table or column of ours is missing, since the
// statements never change.
const damaged: ReadonlySet<number> = new Set([1 /* ERROR */, 11 /* CORRUPT */, 26 /* NOTADB */])

/**
 * The error of a failed attempt: `store/corrupt` when the file is damaged, otherwise
 * `store/unavailable`.
 */
export function storageError(attempt: string, cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause
  const found = textOf(cause)
  if (damaged.has(sqliteCode(cause) & 0xff)) return damageError(attempt, `damaged: ${found}`, cause)
  return new StorageError('store/unavailable', `${attempt}: ${found}`, { cause })
}

/** A `store/corrupt` error that says what to do. */
export function damageError(attempt: string, found: string, cause?: unknown): StorageError {
  const wanted = 'restore the directory from a backup, or move it away to begin anew'
  return new StorageError('store/corrupt', `${attempt}: ${found}; ${wanted}`, { cause })
}

/** Whether the database or the disk had no room left. */
export function isFull(cause: unknown): boolean {
  return (sqliteCode(cause) & 0xff) === 13
}

/** Whether another connection holds the lock. */
export function isBusy(cause: unknown): boolean {
  return (sqliteCode(cause) & 0xff) === 5
}

function sqliteCode(cause: unknown): number {
  const code = cause instanceof Error && 'errcode' in cause ? cause.errcode : 0
  return typeof code === 'number' ? code : 0
}

function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown failure'
  return 'errstr' in cause && typeof cause.errstr === 'string' ? cause.errstr : cause.message
}
