import { StorageError, UsageError } from '@posthorn/errors'

/** The error of every call after disposal. */
export function closedError(): StorageError {
  return new StorageError('store/closed', 'Use the store: it has been closed')
}

/**
 * Refuses a page size that is not a whole number of rows, 0 or more.
 *
 * @throws UsageError `store/bad-limit`
 */
export function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 0) return
  throw new UsageError(
    'store/bad-limit',
    `Read a page: limit is ${limit}, expected a whole number of 0 or more`,
  )
}
