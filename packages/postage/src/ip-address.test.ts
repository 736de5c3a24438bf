import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ipAddressText, parseIpAddress } from './ip-address.ts'

const textOf = (text: string): string | undefined => {
  const address = parseIpAddress(text)
  return address && ipAddressText(address)
}

describe('parseIpAddress', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::0', '2001:db8::'],
    ['::', '::'],
    ['::1', '::1'],
    ['::1.2.3.4', '::102:304'],
    ['fe80::1%eth0', 'fe80::1'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ])('%s is the address %s', (text, canonical) => {
    expect(textOf(text)).toBe(canonical)
  })

  test.each([
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.04',
    '1.2.3.4 ',
    '0x7f.0.0.1',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '::1.2.3',
    '1.2.3.4::',
    ':1::',
    '1:2:3:4:5:6:7:',
    `::${'0'.repeat(80)}1`,
  ])('error: %j names no address', (text) => {
    expect(textOf(text)).toBeUndefined()
  })

  test('its text names the same address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = parseIpAddress(text)
        expect(address).toBeDefined()
        if (address === undefined) return
        expect(parseIpAddress(ipAddressText(address))).toEqual(address)
        expect(new URL(`http://[${text}]/`).hostname).toBe(urlHost(address))
      }),
    )
    fc.assert(fc.property(fc.ipV4(), (text) => textOf(text) === text))
  })

  test('any text is an address of IPv6 only where Node says so, too', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'0123:::.f'), maxLength: 24 })
    fc.assert(
      fc.property(soup, (text) => {
        if (text.includes(':')) expect(parseIpAddress(text) !== undefined).toBe(isIPv6(text))
      }),
      { numRuns: 2_000 },
    )
  })
})

// URLs write mapped IPv4 in hexadecimal.
function urlHost(address: NonNullable<ReturnType<typeof parseIpAddress>>): string {
  if (address.version === 6) return `[${ipAddressText(address)}]`
  const hex = (bits: bigint): string => bits.toString(16)
  return `[::ffff:${hex(address.bits >> 16n)}:${hex(address.bits & 0xffffn)}]`
}
