import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createClientAddress } from './client-address.ts'

const trusted = ['10.0.0.0/8', '2001:db8::/32', '127.0.0.1/32']

describe('createClientAddress', () => {
  test.each([
    ['no proxy is trusted', [], '10.0.0.1', '192.0.2.1', '10.0.0.1'],
    ['the peer is no proxy', trusted, '203.0.113.9', '192.0.2.1', '203.0.113.9'],
    ['there is no header', trusted, '10.0.0.1', undefined, '10.0.0.1'],
    ['the header is empty', trusted, '10.0.0.1', '', '10.0.0.1'],
    ['there is no peer', trusted, undefined, '192.0.2.1', undefined],
    ['one proxy', trusted, '10.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['a proxy of IPv4 on a socket of IPv6', trusted, '::ffff:10.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['a chain of proxies', trusted, '10.0.0.1', '192.0.2.1, 10.2.0.1,127.0.0.1', '192.0.2.1'],
    ['a made-up start', trusted, '10.0.0.1', '198.51.100.7, 192.0.2.1', '192.0.2.1'],
    ['a made-up proxy', trusted, '10.0.0.1', '10.9.9.9, 192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['proxies alone', trusted, '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['a port', trusted, '10.0.0.1', '192.0.2.1:5000', '192.0.2.1'],
    ['a bracketed address', trusted, '10.0.0.1', '[2001:db9::1]', '2001:db9::1'],
    ['a bracketed address with a port', trusted, '10.0.0.1', '[2001:db9::1]:80', '2001:db9::1'],
    ['mapped IPv4', trusted, '10.0.0.1', '::ffff:192.0.2.1', '192.0.2.1'],
    ['a word', trusted, '10.0.0.1', 'unknown', '10.0.0.1'],
    ['a word behind the client', trusted, '10.0.0.1', '192.0.2.1, unknown', '10.0.0.1'],
    ['a word before the client', trusted, '10.0.0.1', 'unknown, 192.0.2.1', '192.0.2.1'],
    ['an empty end', trusted, '10.0.0.1', '192.0.2.1,', '10.0.0.1'],
    ['an octal address', trusted, '10.0.0.1', '192.0.2.010', '10.0.0.1'],
  ])('%s', (_case, proxies, peer, header, client) => {
    expect(createClientAddress(proxies)(peer, header)).toBe(client)
  })

  test.each([
    ['127.0.0.1', '192.0.2.1', true],
    ['::1', '192.0.2.1', true],
    ['127.0.0.1', undefined, false],
    ['203.0.113.9', '192.0.2.1', false],
  ])('behavior: %s that forwards for %s is a forgotten proxy: %s', (peer, header, isProxy) => {
    let count = 0
    createClientAddress([], () => count++)(peer, header)
    expect(count).toBe(isProxy ? 1 : 0)
  })

  test('whatever a client writes before what the proxy adds, it stays who it is', () => {
    const clientAddress = createClientAddress(trusted)
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.ipV4(), (made, client) => {
        fc.pre(!client.startsWith('10.') && client !== '127.0.0.1')
        expect(clientAddress('10.0.0.1', `${made}, ${client}`)).toBe(client)
      }),
    )
  })
})
