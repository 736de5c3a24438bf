import { expect, test } from 'vitest'
import { avatarUrl } from './avatar.ts'

const cid = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'

test.each([
  ['https://pictures.example/a.png', 'https://pictures.example/a.png'],
  [' http://pictures.example/a b.png ', 'http://pictures.example/a%20b.png'],
  ['data:image/svg+xml;base64,PHN2Zy8+', 'data:image/svg+xml;base64,PHN2Zy8+'],
  [`ipfs://${cid}/a.png`, `ipfs://${cid}/a.png`],
  [`ipfs://ipfs/${cid}`, `ipfs://${cid}`],
])('%s is shown as %s', (record, url) => {
  expect(avatarUrl(record)).toBe(url)
})

test.each([[`ipfs://${cid}/a.png`, `https://gateway.example/ipfs/${cid}/a.png`]])(
  '%s through a gateway is %s',
  (record, url) => {
    expect(avatarUrl(record, 'https://gateway.example/')).toBe(url)
  },
)

test.each([
  '',
  'a.png',
  'javascript:alert(1)',
  'data:text/html,<script>',
  'data:image/png',
  'file:///etc/passwd',
  'ipfs://short',
  'eip155:1/erc721:0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d/1',
  `https://pictures.example/${'a'.repeat(3_000)}`,
  `data:image/png;base64,${'A'.repeat(70_000)}`,
])('%.40s is not shown', (record) => {
  expect(avatarUrl(record)).toBeUndefined()
})

test('a path that leads out of its content is not shown', () => {
  expect(avatarUrl(`ipfs://${cid}/../../a`, 'https://gateway.example')).toBeUndefined()
})
