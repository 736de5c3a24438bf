// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test suite that the root's test tools run
import { fromHex, toHex, toUtf8 } from '@posthorn/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { personalMessageDigest } from '../personal-message.ts'
import type { Crypto } from '../port.ts'
import { hkdfCases, hmacCases, personalMessageCases } from './hash-vectors.ts'
import { createOracle, texts } from './inputs.ts'

const oracle = createOracle().hash

/** Declares the tests of the hashes. */
export function testHashes(subject: () => Crypto): void {
  describe('hashes', () => {
    testKnownAnswers(subject)
    testHkdfLengths(subject)
    testEquality(subject)
  })
}

function testKnownAnswers(subject: () => Crypto): void {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('SHA-256 of "%s" is the known one', (text, wanted) => {
    expect(toHex(subject().hash.sha256(toUtf8(text)))).toBe(wanted)
  })

  it.each([
    ['', 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
    ['abc', '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
  ])('Keccak-256 of "%s" is the known one', (text, wanted) => {
    expect(toHex(subject().hash.keccak256(toUtf8(text)))).toBe(wanted)
  })

  it.each(hmacCases)('HMAC-SHA256 is the one of RFC 4231, case $number', ({ key, data, mac }) => {
    // Case 5 of the RFC gives a truncated output.
    const found = subject().hash.hmacSha256(fromHex(key), fromHex(data))
    expect(toHex(found).slice(0, mac.length)).toBe(mac)
  })

  it.each(hkdfCases)('HKDF is the one of RFC 5869, case $number', (known) => {
    const found = subject().hash.hkdfSha256({
      secret: fromHex(known.secret),
      salt: fromHex(known.salt),
      info: fromHex(known.info),
      lengthBytes: known.output.length / 2,
    })
    expect(toHex(found)).toBe(known.output)
  })

  it.each(personalMessageCases)('the EIP-191 digest of "$text" is the known one', (known) => {
    expect(toHex(personalMessageDigest(subject().hash, known.text))).toBe(known.digest)
  })
}

function testHkdfLengths(subject: () => Crypto): void {
  const derive = (lengthBytes: number): Uint8Array => {
    const empty = new Uint8Array(0)
    return subject().hash.hkdfSha256({ secret: empty, salt: empty, info: empty, lengthBytes })
  }

  it.each([8_161, -1, 1.5, Number.NaN])(
    'HKDF is refused when asked for %d bytes',
    (lengthBytes) => {
      expect(() => derive(lengthBytes)).toThrow(
        expect.objectContaining({ name: 'ValidationError', code: 'crypto/bad-length' }),
      )
    },
  )

  it.each([0, 1, 31, 32, 33, 8_160])('HKDF gives %i bytes, a prefix of the longest', (count) => {
    expect(derive(count)).toEqual(derive(8_160).slice(0, count))
    expect(derive(count)).toHaveLength(count)
  })
}

function testEquality(subject: () => Crypto): void {
  it('hashes equal those of the other back ends', () => {
    fc.assert(
      fc.property(texts, texts, texts, fc.nat(200), (key, data, info, lengthBytes) => {
        const { hash } = subject()
        const input = { secret: data, salt: key, info, lengthBytes }
        expect(hash.sha256(data)).toEqual(oracle.sha256(data))
        expect(hash.keccak256(data)).toEqual(oracle.keccak256(data))
        expect(hash.hmacSha256(key, data)).toEqual(oracle.hmacSha256(key, data))
        expect(hash.hkdfSha256(input)).toEqual(oracle.hkdfSha256(input))
      }),
    )
  })

  it.each([63, 64, 65])('HMAC equals the other back ends when the key has %i bytes', (count) => {
    const key = new Uint8Array(count).fill(7)
    expect(subject().hash.hmacSha256(key, key)).toEqual(oracle.hmacSha256(key, key))
  })

  it('inputs are left as they were and results are plain Uint8Array', () => {
    const { hash } = subject()
    const input = new Uint8Array(100).fill(9)
    const hkdf = { secret: input, salt: input, info: input, lengthBytes: 40 }
    const results = [
      hash.sha256(input),
      hash.keccak256(input),
      hash.hmacSha256(input, input),
      hash.hkdfSha256(hkdf),
    ]
    for (const result of results) expect(result.constructor).toBe(Uint8Array)
    expect(input).toEqual(new Uint8Array(100).fill(9))
  })
}
