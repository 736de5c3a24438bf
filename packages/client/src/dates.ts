import { dateToNs } from '@posthorn/bytes'
import { UsageError } from '@posthorn/errors'

/** Nanoseconds in a millisecond. */
export const nsPerMs = 1_000_000n

/** Nanoseconds since 1970 of a date. @throws UsageError `conversation/bad-date` */
export function timeOf(date: Date): bigint {
  if (!Number.isNaN(date.getTime())) return dateToNs(date)
  throw new UsageError('conversation/bad-date', 'Read date: it is no valid date')
}
