// Small things that the parts of the suite share.

import { toHex, toUtf8 } from '@posthorn/bytes'
import type { Envelope } from '@posthorn/envelope'
import type { Store, StoreClock, StoredEnvelope } from '../store.ts'

/** Gives a new, empty store each time; its commits are stamped by the clock, if there is one. */
export type Open = (clock?: StoreClock) => Promise<Store>

/** An envelope made of one number, unlike that of any other number. */
export function numbered(n: number, contentTopic: string = `topic ${n % 7}`): Envelope {
  return { contentTopic, timestampNs: BigInt(n), message: toUtf8(String(n)) }
}

/** 1 to `count`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1)
}

/** A row with its bytes as hexadecimal, to be compared and printed. */
export type PlainRow = Omit<StoredEnvelope, 'message' | 'digest'> & {
  readonly message: string
  readonly digest: string
}

export function plain(rows: readonly StoredEnvelope[]): PlainRow[] {
  return rows.map((row) => ({ ...row, message: toHex(row.message), digest: toHex(row.digest) }))
}

export function sequences(rows: readonly StoredEnvelope[]): number[] {
  return rows.map((row) => row.sequence)
}
