import { concatBytes, fromHex } from '@posthorn/bytes'
import { loadCrypto } from '@posthorn/crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLocalSigner } from './local-signer.ts'
import {
  parseWalletSignature,
  recoverSigner,
  signatureFromWire,
  signatureToWire,
} from './signature.ts'

const crypto = await loadCrypto()
const compact = new Uint8Array(64).map((_, i) => i)
const withCode = (code: string) => expect.objectContaining({ code })

describe('parseWalletSignature', () => {
  it.each([
    [0, 0],
    [1, 1],
    [27, 0],
    [28, 1],
  ])('reads a last byte of %i as recovery %i', (v, recovery) => {
    const bytes = concatBytes(compact, Uint8Array.of(v))
    expect(parseWalletSignature(bytes)).toEqual({ compact, recovery })
  })

  it('refuses every other last byte', () => {
    for (let v = 0; v < 256; v++) {
      if ([0, 1, 27, 28].includes(v)) continue
      const bytes = concatBytes(compact, Uint8Array.of(v))
      expect(() => parseWalletSignature(bytes)).toThrowError(
        withCode('identity/malformed-wallet-signature'),
      )
    }
  })

  it.each([0, 1, 64, 66, 130, 4096])('refuses %i bytes', (lengthBytes) => {
    expect(() => parseWalletSignature(new Uint8Array(lengthBytes))).toThrowError(
      withCode('identity/malformed-wallet-signature'),
    )
  })

  it('shares no memory with what it was given', () => {
    const bytes = Buffer.from(concatBytes(compact, Uint8Array.of(27)))
    const signature = parseWalletSignature(bytes)
    bytes.fill(0)
    expect(signature.compact).toEqual(compact)
  })
})

describe('recoverSigner', () => {
  it('gives the address of the wallet when text and signature belong together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const signer = createLocalSigner(crypto, new Uint8Array(32).fill(9))
        const signature = parseWalletSignature(await signer.signText(text))
        expect(recoverSigner(crypto, text, signature)).toBe(signer.address)
        expect(recoverSigner(crypto, `${text}.`, signature)).not.toBe(signer.address)
      }),
      { numRuns: 20 },
    )
  })

  it('refuses a signature that no key can have made', () => {
    const zero = { compact: new Uint8Array(64), recovery: 0 as const }
    expect(() => recoverSigner(crypto, 'text', zero)).toThrowError(withCode('crypto/bad-signature'))
  })

  it('refuses the high-s twin of a signature', async () => {
    const signer = createLocalSigner(crypto, new Uint8Array(32).fill(9))
    const signature = parseWalletSignature(await signer.signText('text'))
    const order = BigInt('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141')
    const s = BigInt(`0x${Buffer.from(signature.compact.subarray(32)).toString('hex')}`)
    const highS = fromHex((order - s).toString(16).padStart(64, '0'))
    const twin = {
      compact: concatBytes(signature.compact.subarray(0, 32), highS),
      recovery: signature.recovery === 0 ? (1 as const) : (0 as const),
    }
    expect(() => recoverSigner(crypto, 'text', twin)).toThrowError(withCode('crypto/bad-signature'))
  })
})

describe('signatureFromWire', () => {
  it('reads back what signatureToWire made, in the same arm only', () => {
    const signature = { compact, recovery: 1 as const }
    for (const arm of ['ecdsaCompact', 'walletEcdsaCompact'] as const) {
      const wire = signatureToWire(signature, arm)
      expect(signatureFromWire(wire, [arm])).toEqual(signature)
      const other = arm === 'ecdsaCompact' ? 'walletEcdsaCompact' : 'ecdsaCompact'
      expect(() => signatureFromWire(wire, [other])).toThrowError(
        withCode('identity/malformed-signature'),
      )
    }
  })

  it.each([
    ['nothing', undefined],
    ['no arm', { union: undefined }],
    ['63 bytes', { bytes: compact.subarray(1), recovery: 0 }],
    ['65 bytes', { bytes: new Uint8Array(65), recovery: 0 }],
    ['recovery 2', { bytes: compact, recovery: 2 }],
    ['recovery 27', { bytes: compact, recovery: 27 }],
  ])('refuses %s', (_, value) => {
    const wire =
      value === undefined || 'union' in value
        ? value
        : { union: { $case: 'ecdsaCompact' as const, value } }
    expect(() => signatureFromWire(wire)).toThrowError(withCode('identity/malformed-signature'))
  })
})
