// Addresses of files, which come from peers.

import { badField } from './fields.ts'

const maxUrlLength = 8_192
// No user name, whose host is easily mistaken; no blanks or backslashes, which parsers disagree on.
const webUrl = /^https?:\/\/[^\s\\/?#@]+(?:[/?#][^\s\\]*)?$/
const loopbackUrl = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/?#]|$)/

/**
 * An address with scheme https or http. Whether http is fetched is decided by whoever downloads.
 *
 * @throws CodecError `content/malformed`
 */
export function requireWebUrl(url: string): string {
  if (url.length > maxUrlLength || !webUrl.test(url)) {
    throw badField('url', `an https or http address of at most ${maxUrlLength} characters`)
  }
  return url
}

/**
 * An address that others will fetch: https, or http to this machine while developing.
 *
 * @throws CodecError `content/malformed`
 */
export function requireSafeUrl(url: string): string {
  if (isSecureUrl(requireWebUrl(url)) || loopbackUrl.test(url)) return url
  throw badField('url', 'an https address')
}

/** Whether what is fetched from an address is protected on its way. */
export function isSecureUrl(url: string): boolean {
  return url.startsWith('https://')
}
