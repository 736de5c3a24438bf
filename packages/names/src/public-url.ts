// Which addresses on the net may be visited when a stranger wrote them down.

/**
 * Whether a URL is `https:`, without credentials, and its host not obviously within somebody's own network.
 * Names are not looked up: a public name may still lead to a private address, which only who owns the
 * network can prevent.
 */
export function isPublicUrl(url: URL): boolean {
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false
  const host = url.hostname.replace(/\.$/, '')
  if (host.startsWith('[')) return isPublicIpv6(host)
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPublicIpv4(host)
  return host.includes('.') && !/\.(?:localhost|local|internal|lan|intranet|home\.arpa)$/.test(host)
}

// The URL parser has brought every way to write an address into this one form.
function isPublicIpv4(host: string): boolean {
  const [a = 0, b = 0, c = 0] = host.split('.').map(Number)
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false
  if (a === 100 && b >= 64 && b < 128) return false
  if (a === 169 && b === 254) return false
  if (a === 172 && b >= 16 && b < 32) return false
  if (a === 192 && (b === 168 || (b === 0 && c === 0))) return false
  return !(a === 198 && (b === 18 || b === 19))
}

// Global unicast only, less the ranges that carry an IPv4 address within.
function isPublicIpv6(host: string): boolean {
  const [first = '', second = ''] = host.slice(1, -1).split(':')
  const a = Number.parseInt(first, 16)
  const b = second === '' ? 0 : Number.parseInt(second, 16)
  const carriesIpv4 = a === 0x2002 || (a === 0x2001 && b === 0)
  return a >= 0x2000 && a <= 0x3fff && !carriesIpv4
}
