// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test suite that the root's test tools run
import { fromHex, toHex } from '@posthorn/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Crypto } from '../port.ts'
import { createOracle, flipped, flips, texts } from './inputs.ts'

const oracle = createOracle().aead
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })
const nonces = fc.uint8Array({ minLength: 12, maxLength: 12 })
const badLength = expect.objectContaining({ name: 'ValidationError', code: 'crypto/bad-length' })
const decryptFailed = expect.objectContaining({
  name: 'VerificationError',
  code: 'crypto/decrypt-failed',
})
const key = new Uint8Array(32).fill(1)
const nonce = new Uint8Array(12).fill(2)

// Test cases 13, 14 and 16 of the GCM specification submitted to NIST.
const knownAnswers = [
  {
    name: 'no plaintext',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    plaintext: '',
    additionalData: '',
    ciphertext: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    name: 'one block',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    plaintext: '00'.repeat(16),
    additionalData: '',
    ciphertext: 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    name: 'additional data',
    key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
    nonce: 'cafebabefacedbaddecaf888',
    plaintext:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    additionalData: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    ciphertext:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
]

/** Declares the tests of AES-256-GCM. */
export function testAead(subject: () => Crypto): void {
  describe('aead', () => {
    testAnswers(subject)
    testTampering(subject)
    testLengths(subject)
  })
}

function testAnswers(subject: () => Crypto): void {
  it.each(knownAnswers)('ciphertext is the known one with $name', async (known) => {
    const input = {
      key: fromHex(known.key),
      nonce: fromHex(known.nonce),
      additionalData: fromHex(known.additionalData),
    }
    const plaintext = fromHex(known.plaintext)
    const ciphertext = await subject().aead.encrypt({ ...input, plaintext })
    expect(toHex(ciphertext)).toBe(known.ciphertext)
    expect(await subject().aead.decrypt({ ...input, ciphertext })).toEqual(plaintext)
  })

  it('ciphertexts equal those of the other back ends, and decrypt to the plaintext', async () => {
    await fc.assert(
      fc.asyncProperty(
        keys,
        nonces,
        texts,
        texts,
        async (key, nonce, additionalData, plaintext) => {
          const input = { key, nonce, additionalData }
          const ciphertext = await subject().aead.encrypt({ ...input, plaintext })
          expect(ciphertext).toEqual(await oracle.encrypt({ ...input, plaintext }))
          expect(await subject().aead.decrypt({ ...input, ciphertext })).toEqual(plaintext)
        },
      ),
    )
  })

  it('additional data that is absent is the same as empty', async () => {
    const { aead } = subject()
    const empty = { key, nonce, additionalData: new Uint8Array(0), plaintext: key }
    expect(await aead.encrypt({ key, nonce, plaintext: key })).toEqual(await aead.encrypt(empty))
  })

  it('views into larger memory and long plaintexts are taken, and inputs left as they were', async () => {
    const memory = new Uint8Array(200_000).fill(3)
    const input = { key: memory.subarray(1, 33), nonce: memory.subarray(50, 62) }
    const plaintext = memory.subarray(99)
    const ciphertext = await subject().aead.encrypt({ ...input, plaintext })
    const decrypted = await subject().aead.decrypt({ ...input, ciphertext })
    expect(decrypted).toEqual(plaintext)
    expect(memory).toEqual(new Uint8Array(200_000).fill(3))
    for (const result of [ciphertext, decrypted]) expect(result.constructor).toBe(Uint8Array)
  })
}

function testTampering(subject: () => Crypto): void {
  it('decryption is refused when any bit of key, nonce, data or ciphertext is turned', async () => {
    const part = fc.constantFrom('key', 'nonce', 'additionalData', 'ciphertext')
    const data = fc.uint8Array({ minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(
        part,
        data,
        texts,
        flips,
        async (tampered, additionalData, plaintext, flip) => {
          const input = { key, nonce, additionalData }
          const ciphertext = await subject().aead.encrypt({ ...input, plaintext })
          const whole = { ...input, ciphertext }
          const turned = { ...whole, [tampered]: flipped(whole[tampered], flip.at, flip.bit) }
          await expect(subject().aead.decrypt(turned)).rejects.toThrow(decryptFailed)
        },
      ),
    )
  })

  it('decryption is refused when the ciphertext is cut or the additional data is left out', async () => {
    const { aead } = subject()
    const ciphertext = await aead.encrypt({ key, nonce, additionalData: key, plaintext: key })
    const cut = { key, nonce, additionalData: key, ciphertext: ciphertext.subarray(0, 47) }
    await expect(aead.decrypt(cut)).rejects.toThrow(decryptFailed)
    await expect(aead.decrypt({ key, nonce, ciphertext })).rejects.toThrow(decryptFailed)
  })
}

function testLengths(subject: () => Crypto): void {
  it.each([0, 16, 24, 31, 33])('a key of %i bytes is refused', async (count) => {
    const input = { key: new Uint8Array(count), nonce }
    await expectBadLength(subject, input)
  })

  it.each([0, 11, 13, 16])('a nonce of %i bytes is refused', async (count) => {
    const input = { key, nonce: new Uint8Array(count) }
    await expectBadLength(subject, input)
  })

  it.each([0, 1, 15])('a ciphertext of %i bytes is refused', async (count) => {
    const ciphertext = new Uint8Array(count)
    await expect(subject().aead.decrypt({ key, nonce, ciphertext })).rejects.toThrow(badLength)
  })
}

async function expectBadLength(
  subject: () => Crypto,
  input: { key: Uint8Array; nonce: Uint8Array },
): Promise<void> {
  const { aead } = subject()
  await expect(aead.encrypt({ ...input, plaintext: key })).rejects.toThrow(badLength)
  await expect(aead.decrypt({ ...input, ciphertext: key })).rejects.toThrow(badLength)
}
