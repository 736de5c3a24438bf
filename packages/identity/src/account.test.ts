import { fromHex } from '@posthorn/bytes'
import { loadCrypto } from '@posthorn/crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, isAddress, parseAddress } from './account.ts'

const crypto = await loadCrypto()

// The examples of EIP-55 itself.
const checksummed = [
  '0x52908400098527886E0F7030069857D2E4169EE7',
  '0x8617E340B3D01FA5F11F306F4090FD50E238070D',
  '0xde709f2102306220921060314715629080e2fb77',
  '0x27b1fdb04752bbc536007a920d24acb045561c26',
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
  '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
]

describe('addressOf', () => {
  it('gives the address of the key of secret 1', () => {
    const secret = fromHex('01'.padStart(64, '0'))
    expect(addressOf(crypto, crypto.curve.publicKey(secret))).toBe(
      '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf',
    )
  })
})

describe('parseAddress', () => {
  it.each(checksummed)('takes %s in any single case and gives its checksum', (address) => {
    const digits = address.slice(2)
    expect(parseAddress(crypto, address)).toBe(address)
    expect(parseAddress(crypto, `0x${digits.toLowerCase()}`)).toBe(address)
    expect(parseAddress(crypto, `0x${digits.toUpperCase()}`)).toBe(address)
  })

  it('refuses mixed case that is not the checksum', () => {
    const wrong = '0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
    expect(() => parseAddress(crypto, wrong)).toThrowError(
      expect.objectContaining({ code: 'identity/bad-address-checksum' }),
    )
    expect(isAddress(crypto, wrong)).toBe(false)
  })

  it.each([
    '',
    '0x',
    'alice.eth',
    '5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n',
    ' 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xgaAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  ])('refuses %j', (text) => {
    expect(() => parseAddress(crypto, text)).toThrowError(
      expect.objectContaining({ code: 'identity/bad-address' }),
    )
    expect(isAddress(crypto, text)).toBe(false)
  })

  it('is its own fixed point', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        const address = parseAddress(crypto, `0x${Buffer.from(bytes).toString('hex')}`)
        expect(parseAddress(crypto, address)).toBe(address)
        expect(isAddress(crypto, address)).toBe(true)
      }),
    )
  })
})
