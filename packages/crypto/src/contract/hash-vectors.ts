// Known answers of RFC 4231 and RFC 5869, in hex, and of EIP-191.

const longKey = 'aa'.repeat(131)

/** RFC 4231 section 4. */
export const hmacCases: readonly { number: number; key: string; data: string; mac: string }[] = [
  {
    number: 1,
    key: '0b'.repeat(20),
    data: '4869205468657265',
    mac: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  },
  {
    number: 2,
    key: '4a656665',
    data: '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
    mac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  },
  {
    number: 3,
    key: 'aa'.repeat(20),
    data: 'dd'.repeat(50),
    mac: '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  },
  {
    number: 4,
    key: '0102030405060708090a0b0c0d0e0f10111213141516171819',
    data: 'cd'.repeat(50),
    mac: '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  },
  {
    number: 5,
    key: '0c'.repeat(20),
    data: '546573742057697468205472756e636174696f6e',
    mac: 'a3b6167473100ee06e0c796c2955552b',
  },
  {
    number: 6,
    key: longKey,
    data: '54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374',
    mac: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  },
  {
    number: 7,
    key: longKey,
    data: '5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e',
    mac: '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  },
]

/** RFC 5869 appendix A, the cases with SHA-256. */
export const hkdfCases: readonly {
  number: number
  secret: string
  salt: string
  info: string
  output: string
}[] = [
  {
    number: 1,
    secret: '0b'.repeat(22),
    salt: '000102030405060708090a0b0c',
    info: 'f0f1f2f3f4f5f6f7f8f9',
    output: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    number: 2,
    secret: hexRange(0x00, 0x4f),
    salt: hexRange(0x60, 0xaf),
    info: hexRange(0xb0, 0xff),
    output:
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    number: 3,
    secret: '0b'.repeat(22),
    salt: '',
    info: '',
    output: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
]

/** Texts as wallets sign them; the second is longer in bytes than in characters. */
export const personalMessageCases: readonly { text: string; digest: string }[] = [
  {
    text: 'Hello World',
    digest: 'a1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2',
  },
  {
    text: 'Grüße 👋',
    digest: '659de8c68ca4c41b698e53dfafa762aa8190761e860af14c6fe3902dec1445c8',
  },
  {
    text: '',
    digest: '5f35dce98ba4fba25530a026ed80b2cecdaa31091ba4958b99b52ea1d068adad',
  },
]

function hexRange(first: number, last: number): string {
  const bytes = Array.from({ length: last - first + 1 }, (_, i) => first + i)
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
