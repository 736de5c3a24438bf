// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test suite that the root's test tools run
// The constructions above the port, on the back end under test.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decryptEcies, encryptEcies } from '../ecies.ts'
import { decryptHkdfAesGcm, encryptHkdfAesGcm } from '../hkdf-aes-gcm.ts'
import type { Crypto } from '../port.ts'
import { generatePrivateKey } from '../private-key.ts'
import { createOracle, flipped, flips, privateKeys, scalar, texts } from './inputs.ts'

const oracle = createOracle()
const decryptFailed = expect.objectContaining({ code: 'crypto/decrypt-failed' })
const secret = new Uint8Array(80).fill(4)
const data = new Uint8Array(9).fill(5)

/** Declares the tests of the constructions. */
export function testConstructions(subject: () => Crypto): void {
  describe('constructions', () => {
    testHkdfAesGcm(subject)
    testEcies(subject)
    it('a generated private key is one', () => {
      const privateKey = generatePrivateKey(subject())
      expect(subject().curve.isPrivateKey(privateKey)).toBe(true)
      expect(privateKey).not.toEqual(generatePrivateKey(subject()))
    })
  })
}

function testHkdfAesGcm(subject: () => Crypto): void {
  it('any back end decrypts under the same secret what another has encrypted', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, texts, async (secret, plaintext, additionalData) => {
        const input = { secret, plaintext, additionalData }
        const ours = await encryptHkdfAesGcm(subject(), input)
        const theirs = await encryptHkdfAesGcm(oracle, { ...input, ...ours })
        expect(theirs).toEqual(ours)
        const opened = { secret, ciphertext: theirs, additionalData }
        expect(await decryptHkdfAesGcm(subject(), opened)).toEqual(plaintext)
      }),
    )
  })

  it('decryption is refused when any bit of salt, nonce, payload, data or secret is turned', async () => {
    const part = fc.constantFrom('salt', 'nonce', 'payload', 'additionalData', 'secret')
    await fc.assert(
      fc.asyncProperty(part, texts, flips, async (tampered, plaintext, { at, bit }) => {
        const made = await encryptHkdfAesGcm(subject(), { secret, plaintext, additionalData: data })
        const whole = { ...made, additionalData: data, secret }
        const turned = { ...whole, [tampered]: flipped(whole[tampered], at, bit) }
        const input = { ...turned, ciphertext: turned }
        await expect(decryptHkdfAesGcm(subject(), input)).rejects.toThrow(decryptFailed)
      }),
    )
  })
}

function testEcies(subject: () => Crypto): void {
  it('ECIES equals the other back ends and decrypts to the plaintext', () => {
    const ivs = fc.uint8Array({ minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(privateKeys, privateKeys, ivs, texts, (privateKey, ephemeral, iv, plaintext) => {
        const publicKey = oracle.curve.publicKey(privateKey)
        const input = { publicKey, plaintext, iv, ephemeralPrivateKey: ephemeral }
        const encrypted = encryptEcies(subject(), input)
        expect(encrypted).toEqual(encryptEcies(oracle, input))
        expect(decryptEcies(subject(), privateKey, encrypted)).toEqual(plaintext)
      }),
      { numRuns: 10 },
    )
  })

  it('ECIES is refused when any bit of iv, MAC or ciphertext is turned', () => {
    const privateKey = scalar(77n)
    const publicKey = subject().curve.publicKey(privateKey)
    const part = fc.constantFrom('iv', 'mac', 'ciphertext')
    fc.assert(
      fc.property(part, texts, flips, (tampered, plaintext, { at, bit }) => {
        const made = encryptEcies(subject(), { publicKey, plaintext })
        const turned = { ...made, [tampered]: flipped(made[tampered], at, bit) }
        expect(() => decryptEcies(subject(), privateKey, turned)).toThrow(decryptFailed)
      }),
      { numRuns: 20 },
    )
  })
}
