// Pictures of accounts, as URLs that a page may show (ENSIP-12, but for pictures of tokens).

// A data URL is on every screen that shows the name, and in every cache.
const maxDataUrlChars = 65_536
const maxUrlChars = 2_048

/**
 * The URL of an avatar record: `https:` and `http:` as they are, pictures in `data:image/`, and `ipfs:` as it
 * is or through a gateway. `undefined` for all else, tokens (`eip155:`) included.
 *
 * @param ipfsGateway such as `https://gateway.example`
 */
export function avatarUrl(record: string, ipfsGateway?: string | undefined): string | undefined {
  const text = record.trim()
  if (/^data:image\/[a-z0-9.+-]+[;,]/i.test(text)) {
    return text.length <= maxDataUrlChars ? text : undefined
  }
  if (text.length > maxUrlChars || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol === 'https:' || url.protocol === 'http:') return url.href
  return url.protocol === 'ipfs:' ? ipfsUrl(text, ipfsGateway) : undefined
}

function ipfsUrl(text: string, gateway: string | undefined): string | undefined {
  const [, path = ''] = /^ipfs:\/\/(?:ipfs\/)?([A-Za-z0-9]{46,}(?:\/.*)?)$/i.exec(text) ?? []
  if (path === '') return undefined
  if (gateway === undefined) return `ipfs://${path}`
  const url = new URL(`/ipfs/${path}`, gateway)
  // Dots may have led out of the content.
  return url.pathname.startsWith('/ipfs/') ? url.href : undefined
}
