import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSecureUrl, requireSafeUrl, requireWebUrl } from './attachment-url.ts'

const malformed = expect.objectContaining({ code: 'content/malformed' })

test.each([
  'https://example.org',
  'https://example.org/a?b=c&d#e',
  'https://example.org:8443/ä/%20',
  'https://[::1]/x',
  'http://localhost:8080/x',
  'http://127.0.0.1',
])('%s is an address', (url) => {
  expect(requireWebUrl(url)).toBe(url)
  expect(requireSafeUrl(url)).toBe(url)
})

test.each([
  'javascript:alert(1)',
  'data:text/html,<script>',
  'file:///etc/passwd',
  'ftp://example.org',
  'HTTPS://example.org',
  'https:example.org',
  'https:///x',
  'httpsx://example.org',
  ' https://example.org',
  'https://example.org/a b',
  'https://example.org\r\nx: y',
  'https://user@example.org',
  'https://good.example\\@evil.example',
  'blob:https://example.org/1',
  '',
  `https://example.org/${'x'.repeat(8_192)}`,
])('%j is refused', (url) => {
  expect(() => requireWebUrl(url)).toThrow(malformed)
})

test.each(['http://example.org', 'http://localhost.example.org', 'http://127.0.0.1.example.org/'])(
  '%s is read, and never written',
  (url) => {
    expect(requireWebUrl(url)).toBe(url)
    expect(isSecureUrl(url)).toBe(false)
    expect(() => requireSafeUrl(url)).toThrow(malformed)
  },
)

test('whatever is accepted leads where a browser says it leads', () => {
  const url = fc.oneof(
    fc.webUrl({ validSchemes: ['https', 'http'], withQueryParameters: true }),
    fc.string({
      unit: fc.constantFrom('https://', 'http://', 'a.b', '@', '\\', '/', ':', '?', '#'),
    }),
  )
  fc.assert(
    fc.property(url, (given) => {
      try {
        requireWebUrl(given)
      } catch {
        return
      }
      if (!URL.canParse(given)) return
      const { protocol, username, hostname } = new URL(given)
      expect(['https:', 'http:']).toContain(protocol)
      expect(username).toBe('')
      expect(hostname).not.toBe('')
    }),
    { numRuns: 2_000 },
  )
})
