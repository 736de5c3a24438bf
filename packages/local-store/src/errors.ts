import { StorageError, UsageError } from '@posthorn/errors'

/** The error of every call after disposal. */
export function closedError(): StorageError {
  return new StorageError('local-store/closed', 'Use the local store: it has been closed')
}

/** The error of what was stored but is not what it was; `found` says what about it. */
export function corruptError(found: string, cause?: unknown): StorageError {
  return new StorageError('local-store/corrupt', `Read the local store: ${found}`, { cause })
}

/** The error of a medium that cannot be read or written; `action` starts its message. */
export function unavailableError(action: string, cause: unknown): StorageError {
  return new StorageError(
    'local-store/unavailable',
    `${action}: the storage failed, expected it to read and write`,
    { cause },
  )
}

/** The error of a medium without room. */
export function fullError(cause: unknown): StorageError {
  return new StorageError('local-store/full', 'Write to the local store: no room is left', {
    cause,
  })
}

/** The error of a store that a later release wrote. */
export function newerVersionError(): StorageError {
  return new StorageError(
    'local-store/newer-version',
    'Open the local store: a later release wrote it; use that one',
  )
}

/**
 * Refuses a page size that is not a whole number of rows, 1 to 10,000.
 *
 * @throws UsageError `local-store/bad-limit`
 */
export function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= 10_000) return
  throw new UsageError(
    'local-store/bad-limit',
    `Read a page: limit is ${limit}, expected a whole number from 1 to 10,000`,
  )
}

/** The error of a cursor that came from another query. */
export function badCursor(): UsageError {
  return new UsageError(
    'local-store/bad-cursor',
    'Read a page: the cursor is not one of this query, expected `next` of its page before',
  )
}
