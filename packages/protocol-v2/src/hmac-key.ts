// Keys by which a push server recognises an account's own messages without reading them: a new one every
// thirty days.

import { toUtf8 } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'

const periodMs = 30 * 24 * 60 * 60 * 1_000
const keyBytes = 32
const noSalt = new Uint8Array(0)

/** What {@link hmacKey} takes. */
export type HmacKeyInput = {
  /** Key of the conversation, 32 bytes. */
  readonly keyMaterial: Uint8Array
  /** The sender, in EIP-55 form. */
  readonly address: string
}

/** A key for one period. */
export type HmacKey = {
  /** Whole thirty days since 1970. */
  readonly period: number
  /** Secret, 32 bytes. */
  readonly key: Uint8Array
}

/** The period of a time in milliseconds. */
export function hmacPeriod(timeMs: number): number {
  return Math.floor(timeMs / periodMs)
}

/** The key of a sender in a conversation for a period, 32 bytes. */
export function hmacKey(
  { hash }: Pick<Crypto, 'hash'>,
  { keyMaterial, address }: HmacKeyInput,
  period: number,
): Uint8Array {
  const info = toUtf8(`${period}-${address}`)
  return hash.hkdfSha256({ secret: keyMaterial, salt: noSalt, info, lengthBytes: keyBytes })
}

type SenderKey = HmacKey & { readonly address: string }

// A sender's key stays the same for a month of messages, and lives as long as the conversation's key does.
const senderKeys = new WeakMap<Uint8Array, SenderKey>()

/** As {@link hmacKey}, remembered for as long as the conversation's key is held; not for changing. */
export function senderHmacKey(
  crypto: Pick<Crypto, 'hash'>,
  input: HmacKeyInput,
  period: number,
): Uint8Array {
  const { keyMaterial, address } = input
  const known = senderKeys.get(keyMaterial)
  if (known?.period === period && known.address === address) return known.key
  const key = hmacKey(crypto, input, period)
  senderKeys.set(keyMaterial, { period, key, address })
  return key
}

/** The keys to hand to a push server: of the last, the present and the next period. */
export function hmacKeysAround(
  crypto: Pick<Crypto, 'hash'>,
  input: HmacKeyInput,
  nowMs: number,
): readonly HmacKey[] {
  const present = hmacPeriod(nowMs)
  return [present - 1, present, present + 1].map((period) => ({
    period,
    key: hmacKey(crypto, input, period),
  }))
}
