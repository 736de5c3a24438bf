// Whom a rule is about: an account, or everybody at a block of IP addresses.

import { ValidationError } from '@posthorn/errors'
import { type AddressBlock, blockText, readAddressBlock } from './address-block.ts'

/** An account or a block of IP addresses. */
export type Subject =
  /** `account` in lower case, so that the case of an address makes no difference. */
  | { readonly kind: 'account'; readonly account: string }
  | { readonly kind: 'block'; readonly block: AddressBlock }

/**
 * The subject that a text names: an account's address in any case, an IP address, or CIDR.
 *
 * @throws ValidationError `postage/bad-subject`, `postage/bad-address-block`
 */
export function readSubject(text: string): Subject {
  const trimmed = text.trim()
  if (/^0x[0-9a-f]{40}$/i.test(trimmed)) return { kind: 'account', account: accountKey(trimmed) }
  if (/^[0-9.]+(?:\/|$)|:/.test(trimmed)) return { kind: 'block', block: readAddressBlock(trimmed) }
  throw new ValidationError(
    'postage/bad-subject',
    'Read subject: found another text, wanted an account (0x and 40 hex digits), an IP address or CIDR',
  )
}

/** The one text of a subject, by which lists keep it. */
export function subjectText(subject: Subject): string {
  return subject.kind === 'account' ? subject.account : blockText(subject.block)
}

/** The form of an account's address that lists and limits know. */
export function accountKey(address: string): string {
  return address.toLowerCase()
}
