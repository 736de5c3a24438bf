import { createCipheriv, createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { concatBytes, fromHex, toHex } from '@posthorn/bytes'
import { decode, SignedEciesCiphertext, SignedEciesCiphertext_Ecies } from '@posthorn/wire'
import { describe, expect, it } from 'vitest'
import { scalar } from './contract/inputs.ts'
import { decryptEcies, encryptEcies } from './ecies.ts'
import { createNobleCrypto } from './noble/noble-crypto.ts'

type Vectors = {
  readonly cases: readonly {
    readonly name: string
    readonly input: { readonly identity_private_key: string; readonly stored: string }
    readonly expect: { readonly value: string }
  }[]
}

const crypto = createNobleCrypto()
const privateKey = scalar(1n)
const publicKey = crypto.curve.publicKey(privateKey)
const plaintext = new Uint8Array(20).fill(6)
const iv = new Uint8Array(16).fill(9)
const badLength = expect.objectContaining({ name: 'ValidationError', code: 'crypto/bad-length' })
const decryptFailed = expect.objectContaining({
  name: 'VerificationError',
  code: 'crypto/decrypt-failed',
})
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../../vectors/v2/encrypted_persistence.json', import.meta.url), 'utf8'),
)

describe('ecies', () => {
  it.each(vectors.cases)(
    'opens what a released client stored: $name',
    ({ input, expect: wanted }) => {
      const signed = decode(SignedEciesCiphertext, fromHex(input.stored), 'SignedEciesCiphertext')
      const ecies = decode(SignedEciesCiphertext_Ecies, signed.eciesBytes, 'Ecies')
      const opened = decryptEcies(crypto, fromHex(input.identity_private_key), ecies)
      expect(toHex(opened)).toBe(wanted.value)
    },
  )

  it('hashes X without its leading zero byte', () => {
    // The private key is one, so the shared point is the ephemeral public key; its X starts 0x00.
    const ephemeralPrivateKey = scalar(153n)
    const made = encryptEcies(crypto, { publicKey, plaintext, ephemeralPrivateKey, iv })
    expect(made.ephemeralPublicKey[1]).toBe(0)
    expect(made).toEqual(encryptedByHand(made.ephemeralPublicKey, 31))
    expect(decryptEcies(crypto, privateKey, made)).toEqual(plaintext)
  })

  it('hashes all of X when it has no leading zero byte', () => {
    const made = encryptEcies(crypto, {
      publicKey,
      plaintext,
      ephemeralPrivateKey: scalar(5n),
      iv,
    })
    expect(made).toEqual(encryptedByHand(made.ephemeralPublicKey, 32))
  })

  it('draws a new ephemeral key and iv for each ciphertext', () => {
    const first = encryptEcies(crypto, { publicKey, plaintext })
    const second = encryptEcies(crypto, { publicKey, plaintext })
    expect(first.ephemeralPublicKey).not.toEqual(second.ephemeralPublicKey)
    expect(first.iv).not.toEqual(second.iv)
  })

  it('is refused when a part has another length', () => {
    const made = encryptEcies(crypto, { publicKey, plaintext })
    const cut = { iv: iv.subarray(1), mac: made.mac.subarray(1), ephemeralPublicKey: iv }
    for (const [part, bytes] of Object.entries(cut)) {
      expect(() => decryptEcies(crypto, privateKey, { ...made, [part]: bytes })).toThrow(badLength)
    }
    expect(() => encryptEcies(crypto, { publicKey, plaintext, iv: new Uint8Array(15) })).toThrow(
      badLength,
    )
  })

  it('is refused when the ephemeral key is off the curve', () => {
    const made = encryptEcies(crypto, { publicKey, plaintext })
    const ephemeralPublicKey = Uint8Array.from(made.ephemeralPublicKey)
    ephemeralPublicKey[64] = (ephemeralPublicKey[64] ?? 0) ^ 1
    expect(() => decryptEcies(crypto, privateKey, { ...made, ephemeralPublicKey })).toThrow(
      expect.objectContaining({ code: 'crypto/bad-public-key' }),
    )
  })

  it('is refused for another private key', () => {
    const made = encryptEcies(crypto, { publicKey, plaintext })
    expect(() => decryptEcies(crypto, scalar(2n), made)).toThrow(decryptFailed)
  })

  it.each([
    ['empty', ''],
    ['not whole blocks', '00'.repeat(15)],
    ['wrongly padded', '00'.repeat(16)],
  ])('is refused when the ciphertext under a right MAC is %s', (_name, hex) => {
    const ephemeralPublicKey = crypto.curve.publicKey(scalar(5n))
    const ciphertext = fromHex(hex)
    const { macKey } = keysByHand(ephemeralPublicKey, 32)
    const mac = macByHand(macKey, concatBytes(iv, ephemeralPublicKey, ciphertext))
    const forged = { ephemeralPublicKey, iv, mac, ciphertext }
    expect(() => decryptEcies(crypto, privateKey, forged)).toThrow(decryptFailed)
  })
})

// The same construction out of other parts, for a private key of one.
function encryptedByHand(ephemeralPublicKey: Uint8Array, hashedBytes: number): object {
  const { key, macKey } = keysByHand(ephemeralPublicKey, hashedBytes)
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const ciphertext = concatBytes(cipher.update(plaintext), cipher.final())
  const mac = macByHand(macKey, concatBytes(iv, ephemeralPublicKey, ciphertext))
  return { ephemeralPublicKey, iv, mac, ciphertext }
}

function keysByHand(
  point: Uint8Array,
  hashedBytes: number,
): { key: Uint8Array; macKey: Uint8Array } {
  const digest = createHash('sha512')
    .update(point.subarray(33 - hashedBytes, 33))
    .digest()
  return { key: digest.subarray(0, 32), macKey: digest.subarray(32) }
}

function macByHand(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(data).digest())
}
