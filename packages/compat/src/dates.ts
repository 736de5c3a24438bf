// Dates and the nanoseconds of the wire.

import { dateToNs as bigintOf, nsToDate as dateOf } from '@posthorn/bytes'

/** Nanoseconds since 1970: a bigint, where the published API has an object of the long package. */
export const dateToNs: (date: Date) => bigint = bigintOf

/** The date of nanoseconds since 1970, rounded down to milliseconds; takes objects of the long package too. */
export function nsToDate(ns: bigint | { toString(): string }): Date {
  return dateOf(BigInt(String(ns)))
}

/** Nanoseconds since 1970 as decimal digits. */
export const toNanoString = (date: Date | undefined): string | undefined =>
  date && dateToNs(date).toString()

/** The date of nanoseconds since 1970 in decimal digits. */
export const fromNanoString = (digits: string | undefined): Date | undefined =>
  digits ? nsToDate(BigInt(digits)) : undefined
