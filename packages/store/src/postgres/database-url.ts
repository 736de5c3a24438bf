// The address of a database, which may hold a password.

import { UsageError } from '@posthorn/errors'

/**
 * Refuses what is not the URL of a PostgreSQL database.
 *
 * @throws UsageError `store/bad-url`
 */
export function checkDatabaseUrl(url: string): void {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return
  throw new UsageError(
    'store/bad-url',
    'Open the database: its address is no URL, expected postgres://user:password@host:port/database',
  )
}

/** Host, port and database: what may be logged. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `postgres://${host}${pathname}`
}
