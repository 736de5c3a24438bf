import { describe, expect, it } from 'vitest'
import { consentProofText, createIdentityText, enableIdentityText } from './signature-text.ts'

describe('texts that a wallet signs', () => {
  it('name the identity key in lower-case hex', () => {
    expect(createIdentityText(Uint8Array.of(0x08, 0xab, 0xff))).toBe(
      'XMTP : Create Identity\n08abff\n\nFor more info: https://xmtp.org/signatures/',
    )
  })

  it('name the wallet pre-key in lower-case hex', () => {
    expect(enableIdentityText(Uint8Array.of(0, 0xcd))).toBe(
      'XMTP : Enable Identity\n00cd\n\nFor more info: https://xmtp.org/signatures/',
    )
  })

  it('give the time of consent in whole seconds of UTC and the address as it is', () => {
    const text = consentProofText({ broadcasterAddress: '0xAbC', timestampMs: 1_709_211_599_999 })
    expect(text).toBe(
      'XMTP : Grant inbox consent to sender\n\nCurrent Time: Thu, 29 Feb 2024 12:59:59 GMT\n' +
        'From Address: 0xAbC\n\nFor more info: https://xmtp.org/signatures/',
    )
  })
})
