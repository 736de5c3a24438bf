import { readFileSync } from 'node:fs'
import { fromHex, toHex } from '@posthorn/bytes'
import { describe, expect, it } from 'vitest'
import { decryptHkdfAesGcm, encryptHkdfAesGcm } from './hkdf-aes-gcm.ts'
import { createNobleCrypto } from './noble/noble-crypto.ts'

type Vectors = {
  readonly cases: readonly {
    readonly name: string
    readonly input: Readonly<Record<string, string | null>>
    readonly expect: Readonly<Record<string, string>>
  }[]
}

const crypto = createNobleCrypto()
const secret = new Uint8Array(65).fill(1)
const plaintext = new Uint8Array(5).fill(2)
const badLength = expect.objectContaining({ name: 'ValidationError', code: 'crypto/bad-length' })
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../../vectors/v2/aes256gcm_hkdf_sha256.json', import.meta.url), 'utf8'),
)

describe('hkdf-aes-gcm', () => {
  it.each(vectors.cases)('equals a released client: $name', async ({ input, expect: wanted }) => {
    const hex = input['additional_data']
    const shared = {
      secret: fromHex(input['secret'] ?? ''),
      additionalData: hex == null ? undefined : fromHex(hex),
    }
    const made = await encryptHkdfAesGcm(crypto, {
      ...shared,
      plaintext: fromHex(input['plaintext'] ?? ''),
      salt: fromHex(input['hkdf_salt'] ?? ''),
      nonce: fromHex(input['gcm_nonce'] ?? ''),
    })
    expect(toHex(made.payload)).toBe(wanted['payload'])
    const opened = await decryptHkdfAesGcm(crypto, { ...shared, ciphertext: made })
    expect(toHex(opened)).toBe(input['plaintext'])
  })

  it('draws a new salt and nonce for each ciphertext', async () => {
    const first = await encryptHkdfAesGcm(crypto, { secret, plaintext })
    const second = await encryptHkdfAesGcm(crypto, { secret, plaintext })
    expect(first.salt).not.toEqual(second.salt)
    expect(first.nonce).not.toEqual(second.nonce)
  })

  it.each([
    ['salt', 31],
    ['salt', 33],
    ['nonce', 11],
    ['nonce', 16],
    ['payload', 15],
    ['payload', 0],
  ])('is refused when the %s has %i bytes', async (part, count) => {
    const made = await encryptHkdfAesGcm(crypto, { secret, plaintext })
    const ciphertext = { ...made, [part]: new Uint8Array(count) }
    await expect(decryptHkdfAesGcm(crypto, { secret, ciphertext })).rejects.toThrow(badLength)
  })

  it.each([
    ['salt', 31],
    ['nonce', 13],
  ])('does not encrypt when the %s given has %i bytes', async (part, count) => {
    const input = { secret, plaintext, [part]: new Uint8Array(count) }
    await expect(encryptHkdfAesGcm(crypto, input)).rejects.toThrow(badLength)
  })
})
