// How people see who is who.

import { escapeText } from './escape-text.ts'
import type { VerifiedName } from './found-name.ts'

const maxShownChars = 48

/**
 * The line to show for an account: `alice.eth (0xd8dA…6045)`, or `0xd8dA…6045` without a name. Only a name
 * that was verified for this very address is shown, never without the address's fragment; characters
 * that hide or reorder others are escaped, and long names are cut in the middle.
 */
export function displayName(address: string, verified?: VerifiedName | undefined): string {
  const fragment = addressFragment(address)
  if (verified === undefined || verified.address.toLowerCase() !== address.toLowerCase()) {
    return fragment
  }
  return `${shorten(escapeText(verified.name))} (${fragment})`
}

/** The first 6 and last 4 characters of an address, `0xd8dA…6045`; a text that is none is escaped. */
export function addressFragment(address: string): string {
  const safe = escapeText(address)
  return safe.length <= 12 ? safe : `${safe.slice(0, 6)}…${safe.slice(-4)}`
}

// The end tells whose name it is (`….base.eth`), so it stays longest.
function shorten(text: string): string {
  const characters = [...text]
  if (characters.length <= maxShownChars) return text
  const head = characters.slice(0, maxShownChars / 3 - 1).join('')
  return `${head}…${characters.slice(-(maxShownChars / 3) * 2).join('')}`
}
