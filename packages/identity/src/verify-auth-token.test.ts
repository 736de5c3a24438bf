import { fromBase64, fromHex, toBase64 } from '@posthorn/bytes'
import { loadCrypto } from '@posthorn/crypto'
import { VerificationError } from '@posthorn/errors'
import { AuthData, decode, encode, Token } from '@posthorn/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorizationHeader, createAuthToken } from './auth-token.ts'
import { createKeyBundle } from './create-key-bundle.ts'
import { createLocalSigner } from './local-signer.ts'
import { signatureToWire } from './signature.ts'
import {
  authTokenLifetimeNs,
  maxAuthorizationChars,
  maxAuthTokenSkewNs,
  type VerifiedAuthToken,
  verifyAuthorizationHeader,
} from './verify-auth-token.ts'

const crypto = await loadCrypto()
const signer = createLocalSigner(crypto, new Uint8Array(32).fill(14))
const { identityKey } = await createKeyBundle(crypto, { signer, createdMs: 1_700_000_000_000 })
const createdNs = 1_700_000_000_000_000_001n
const bytes = createAuthToken(crypto, { identityKey, createdNs })
const header = authorizationHeader(bytes)

const verify = (value: string | undefined, nowNs = createdNs): VerifiedAuthToken =>
  verifyAuthorizationHeader(crypto, value, nowNs)

function refusalOf(value: string | undefined, nowNs = createdNs): VerificationError {
  try {
    verify(value, nowNs)
  } catch (error) {
    if (error instanceof VerificationError) return error
    throw error
  }
  return expect.unreachable()
}

function headerOf(change: (token: Token) => Token): string {
  return authorizationHeader(encode(Token, change(decode(Token, bytes, 'Token'))))
}

/** A token whose auth data is signed by the identity key, whatever it says. */
function headerOfAuthData(authDataBytes: Uint8Array): string {
  const signature = crypto.curve.sign(crypto.hash.keccak256(authDataBytes), identityKey.secret)
  return headerOf((token) => ({
    ...token,
    authDataBytes,
    authDataSignature: signatureToWire(signature),
  }))
}

describe('verifyAuthorizationHeader', () => {
  it('gives account, time and identity key of a token that holds', () => {
    expect(verify(header)).toEqual({
      address: signer.address,
      createdNs,
      identityKey: identityKey.public,
    })
  })

  it('takes a token for one hour, and from five minutes ahead', () => {
    for (const nowNs of [createdNs + authTokenLifetimeNs, createdNs - maxAuthTokenSkewNs]) {
      expect(verify(header, nowNs).address).toBe(signer.address)
    }
    expect(refusalOf(header, createdNs + authTokenLifetimeNs + 1n)).toMatchObject({
      code: 'identity/token-expired',
      message: 'validating token: token expired',
    })
    expect(refusalOf(header, createdNs - maxAuthTokenSkewNs - 1n)).toMatchObject({
      code: 'identity/token-from-future',
    })
  })

  it.each([
    [undefined, 'identity/token-missing', 'authorization token is not provided'],
    ['', 'identity/token-missing', 'authorization token is not provided'],
    ['Bearer', 'identity/token-malformed', 'invalid authorization header'],
    [toBase64(bytes), 'identity/token-malformed', 'invalid authorization header'],
    [
      `Basic ${toBase64(bytes)}`,
      'identity/token-malformed',
      'unrecognized authorization scheme Basic',
    ],
    [
      `bearer ${toBase64(bytes)}`,
      'identity/token-malformed',
      'unrecognized authorization scheme bearer',
    ],
    ['Bearer ', 'identity/token-malformed', 'extracting token: missing identity key'],
  ])('refuses %j', (value, code, message) => {
    expect(refusalOf(value)).toMatchObject({ code, message })
  })

  it.each(['!', 'AAAA====', '/w==', 'Bearer'])('refuses %j as something to extract', (text) => {
    const refusal = refusalOf(`Bearer ${text}`)
    expect(refusal.code).toBe('identity/token-malformed')
    expect(refusal.message).toMatch(/^extracting token: /)
  })

  it('refuses a header beyond its bound before decoding it', () => {
    const long = `Bearer ${'A'.repeat(maxAuthorizationChars)}`
    expect(refusalOf(long).message).toBe('invalid authorization header')
  })

  it('shows no more of an unknown scheme than a word', () => {
    expect(refusalOf(`${'S'.repeat(100)} x`).message).toBe(
      `unrecognized authorization scheme ${'S'.repeat(16)}`,
    )
  })

  it('refuses an identity key without the signature of its wallet', () => {
    const unsigned = headerOf((token) => {
      if (token.identityKey !== undefined) token.identityKey.signature = undefined
      return token
    })
    expect(refusalOf(unsigned).message).toBe('extracting token: missing identity key')
  })

  it('takes the signature of the wallet in the other arm as well', () => {
    const otherArm = headerOf((token) => {
      const value = token.identityKey?.signature?.union?.value
      if (token.identityKey === undefined || value === undefined) return expect.unreachable()
      token.identityKey.signature = { union: { $case: 'walletEcdsaCompact', value } }
      return token
    })
    expect(verify(otherArm).address).toBe(signer.address)
  })

  it('refuses auth data that are signed in the arm of wallets', () => {
    const otherArm = headerOf((token) => {
      const value = token.authDataSignature?.union?.value
      if (value === undefined) return expect.unreachable()
      token.authDataSignature = { union: { $case: 'walletEcdsaCompact', value } }
      return token
    })
    expect(refusalOf(otherArm).code).toBe('identity/token-invalid')
  })

  it('refuses the high-s twin of a signature', () => {
    const order = BigInt('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141')
    const twin = headerOf((token) => {
      const value = token.authDataSignature?.union?.value
      if (value === undefined) return expect.unreachable()
      const s = BigInt(`0x${Buffer.from(value.bytes.subarray(32)).toString('hex')}`)
      const compact = value.bytes.slice()
      compact.set(fromHex((order - s).toString(16).padStart(64, '0')), 32)
      token.authDataSignature = {
        union: { $case: 'ecdsaCompact', value: { ...value, bytes: compact } },
      }
      return token
    })
    expect(refusalOf(twin).code).toBe('identity/token-invalid')
  })

  it('refuses an address that is not the exact text of the account', () => {
    const other = createLocalSigner(crypto, new Uint8Array(32).fill(15))
    for (const walletAddr of ['', signer.address.toLowerCase(), other.address]) {
      const value = headerOfAuthData(encode(AuthData, { walletAddr, createdNs }))
      expect(refusalOf(value)).toMatchObject({ code: 'identity/token-invalid' })
    }
  })

  it('refuses auth data that are signed but not auth data', () => {
    expect(refusalOf(headerOfAuthData(Uint8Array.of(0xff, 0xff))).code).toBe(
      'identity/token-invalid',
    )
  })

  it('checks the signature before the address and the address before the age', async () => {
    const late = createdNs + 2n * authTokenLifetimeNs
    const unsigned = headerOf((token) => ({
      ...token,
      authDataBytes: encode(AuthData, { walletAddr: 'nobody', createdNs }),
    }))
    expect(refusalOf(unsigned, late).message).toMatch(/signature/)
    const foreign = headerOfAuthData(encode(AuthData, { walletAddr: 'nobody', createdNs }))
    expect(refusalOf(foreign, late).message).toMatch(/address/)
  })

  it('is refused, or says exactly the same, when any byte of the token is changed', () => {
    const whole = verify(header)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = bytes.map((byte, i) => (i === at ? byte ^ mask : byte))
        try {
          expect(verify(authorizationHeader(changed))).toEqual(whole)
        } catch (error) {
          expect(error).toBeInstanceOf(VerificationError)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('does not take a broken back end for a bad token', () => {
    const broken = {
      ...crypto,
      hash: {
        ...crypto.hash,
        keccak256(): Uint8Array {
          throw new TypeError('broken back end')
        },
      },
    }
    expect(() => verifyAuthorizationHeader(broken, header, createdNs)).toThrowError(
      'broken back end',
    )
  })

  it('throws nothing but its refusals on arbitrary headers', () => {
    const tokens = fc.uint8Array({ maxLength: 400 }).map((value) => `Bearer ${toBase64(value)}`)
    fc.assert(
      fc.property(fc.oneof(fc.string(), tokens), (value) => {
        expect(refusalOf(value)).toBeInstanceOf(VerificationError)
      }),
      { numRuns: 300 },
    )
  })
})

describe('createAuthToken', () => {
  it('is standard base64 with padding after the word Bearer', () => {
    expect(header).toMatch(/^Bearer [A-Za-z0-9+/]+={0,2}$/)
    expect(header.length).toBeLessThan(500)
    expect(fromBase64(header.slice('Bearer '.length))).toEqual(bytes)
  })

  it('is refused for an identity key that has no V1 form', () => {
    const native = { ...identityKey, public: { ...identityKey.public, isFromLegacy: false } }
    expect(() => createAuthToken(crypto, { identityKey: native, createdNs })).toThrowError(
      expect.objectContaining({ code: 'identity/not-legacy' }),
    )
  })

  it.each([-1n, 2n ** 64n])('is refused when the time is %d', (time) => {
    expect(() => createAuthToken(crypto, { identityKey, createdNs: time })).toThrowError(
      expect.objectContaining({ code: 'identity/bad-time' }),
    )
  })
})
