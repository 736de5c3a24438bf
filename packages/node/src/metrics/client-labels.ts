// What programs say of themselves, made fit for labels: `x-client-version: xmtp-js/11.3.1`.

/** A program and its version; empty texts where a client says nothing. */
export type Program = { readonly name: string; readonly version: string }

const maxChars = 40

/** One short text for a header's value; whatever a client sends makes no other characters than these. */
export function programKey(header: string | readonly string[] | undefined): string {
  if (typeof header !== 'string' || header === '') return ''
  return header.slice(0, maxChars).replace(/[^\w./+@-]/g, '_')
}

/** The program that a key is about. */
export function programOf(key: string): Program {
  const slash = key.lastIndexOf('/')
  if (slash < 0) return { name: key, version: '' }
  return { name: key.slice(0, slash), version: key.slice(slash + 1) }
}
