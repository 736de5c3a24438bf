// What the consent log adds up to: the newest decision on each entry.

import type { Crypto } from '@posthorn/crypto'
import { parseAddress } from '@posthorn/identity'
import type { ConsentAction, ConsentDecision, ConsentSubject } from './consent-action.ts'

/** A decision and the envelope time at which it was made. */
export type ConsentEntry = { readonly decision: ConsentDecision; readonly decidedNs: bigint }

/** Decisions by key: `address-…`, `groupId-…` or `inboxId-…`. */
export type ConsentList = ReadonlyMap<string, ConsentEntry>

/** An action from the log with the time of its envelope. */
export type ConsentRow = { readonly action: ConsentAction; readonly timestampNs: bigint }

/** The list of an account that has decided nothing. */
export const emptyConsentList: ConsentList = new Map()

/** The key of an entry. Addresses count as the same in either case, as they are one account. */
export function consentKey(
  crypto: Pick<Crypto, 'hash'>,
  subject: ConsentSubject,
  value: string,
): string {
  const lower = value.toLowerCase()
  const isAddress = subject === 'address' && /^0x[0-9a-f]{40}$/.test(lower)
  return `${subject}-${isAddress ? parseAddress(crypto, lower) : value}`
}

/** The list after some rows of the log. Rows may come in any order and more than once: the newest counts. */
export function applyConsent(
  crypto: Pick<Crypto, 'hash'>,
  list: ConsentList,
  rows: readonly ConsentRow[],
): ConsentList {
  const next = new Map(list)
  for (const { action, timestampNs } of rows) {
    for (const value of action.values) {
      const key = consentKey(crypto, action.subject, value)
      const known = next.get(key)
      if (known !== undefined && known.decidedNs > timestampNs) continue
      next.set(key, { decision: action.decision, decidedNs: timestampNs })
    }
  }
  return next
}

/** The decision on an entry. */
export function consentState(list: ConsentList, key: string): ConsentDecision | 'unknown' {
  return list.get(key)?.decision ?? 'unknown'
}
