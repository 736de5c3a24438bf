import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blockText, clientBlockOf, createBlockSet, readAddressBlock } from './address-block.ts'
import { parseIpAddress } from './ip-address.ts'

function addressOf(text: string) {
  const address = parseIpAddress(text)
  if (address === undefined) throw new RangeError(`No address: ${text}`)
  return address
}

const contains = (block: string, address: string): boolean =>
  createBlockSet([readAddressBlock(block)]).has(addressOf(address))

describe('readAddressBlock', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7/32'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:db8::', '2001:db8::/128'],
    ['2001:DB8:0::/48', '2001:db8::/48'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['::ffff:192.0.2.7', '192.0.2.7/32'],
  ])('%s is the block %s', (text, canonical) => {
    expect(blockText(readAddressBlock(text))).toBe(canonical)
  })

  test.each([
    ['192.0.2.1/24', 'the block is 192.0.2.0/24'],
    ['2001:db8::1/64', 'the block is 2001:db8::/64'],
    ['192.0.2.0/33', 'a prefix that is not 0 to 32'],
    ['2001:db8::/129', 'a prefix that is not 0 to 128'],
    ['192.0.2.0/', 'a prefix'],
    ['192.0.2.0/-1', 'a prefix'],
    ['192.0.2.0/024', 'a prefix'],
    ['192.0.2.0/24/1', 'a prefix'],
    ['fe80::1%eth0', 'another text'],
    ['example.org', 'wanted an IP address or CIDR'],
    ['::ffff:0.0.0.0/90', 'mapped IPv4'],
  ])('error: %s has %s', (text, words) => {
    expect(() => readAddressBlock(text)).toThrow(words)
  })
})

describe('createBlockSet', () => {
  test.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.0/24', '::ffff:192.0.2.9', true],
    ['0.0.0.0/0', '203.0.113.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.1', false],
    ['2001:db8::/33', '2001:db8:7fff::', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['2001:db8::5/128', '2001:db8::5', true],
    ['2001:db8::5/128', '2001:db8::4', false],
  ])('%s and %s: %s', (block, address, expected) => {
    expect(contains(block, address)).toBe(expected)
  })

  test('an address is in every block that is cut out of it, and in no set without one', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(128), (text, length) => {
        const { version, bits } = addressOf(text)
        const prefixBits = version === 4 ? length % 33 : length
        const shift = BigInt((version === 4 ? 32 : 128) - prefixBits)
        const block = { version, bits: (bits >> shift) << shift, prefixBits }
        expect(contains(blockText(block), text)).toBe(true)
        if (prefixBits === 0) return
        const flipped = { ...block, bits: block.bits ^ (1n << shift) }
        expect(contains(blockText(flipped), text)).toBe(false)
      }),
    )
  })
})

test.each([
  ['192.0.2.7', '192.0.2.7/32'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
])('the client %s counts as %s', (address, block) => {
  expect(blockText(clientBlockOf(addressOf(address)))).toBe(block)
})
