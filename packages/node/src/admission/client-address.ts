// Whose call it is: the peer's, or that of whom a trusted proxy speaks for.

import { createBlockSet, ipAddressText, parseIpAddress, readAddressBlock } from '@posthorn/postage'

/** Finds the address of a client: of the peer of the connection, and what `x-forwarded-for` says. */
export type ClientAddress = (
  peer: string | undefined,
  forwardedFor: string | undefined,
) => string | undefined

const ownMachine: ReadonlySet<string | undefined> = new Set([
  '127.0.0.1',
  '::1',
  '::ffff:127.0.0.1',
])

/**
 * Believes the proxies in `trusted` (CIDR) and nobody else. The client is the last address in the header
 * that is no trusted proxy: what stands before it, the client can have made up. Where the header cannot be
 * read up to there, it is the peer.
 *
 * @param onUnknownProxy called when a program on this machine forwards for others and no proxy is trusted
 * @throws ValidationError `postage/bad-address-block`
 */
export function createClientAddress(
  trusted: readonly string[],
  onUnknownProxy: () => void = () => undefined,
): ClientAddress {
  if (trusted.length === 0) {
    return (peer, forwardedFor) => {
      if (forwardedFor !== undefined && ownMachine.has(peer)) onUnknownProxy()
      return peer
    }
  }
  const proxies = createBlockSet(trusted.map(readAddressBlock))

  const isProxy = (text: string | undefined): boolean => {
    const address = text === undefined ? undefined : parseIpAddress(text)
    return address !== undefined && proxies.has(address)
  }
  return (peer, forwardedFor) => {
    if (forwardedFor === undefined || !isProxy(peer)) return peer
    let client = peer
    for (const entry of forwardedFor.split(',').reverse()) {
      const address = parseIpAddress(withoutPort(entry.trim()))
      if (address === undefined) return peer
      client = ipAddressText(address)
      if (!proxies.has(address)) return client
    }
    return client
  }
}

// `192.0.2.1:5000` and `[2001:db8::1]:5000`, as some proxies write.
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1]
  if (bracketed !== undefined) return bracketed
  return text.replace(/^([\d.]+):\d{1,5}$/, '$1')
}
