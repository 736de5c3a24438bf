import { loadCrypto } from '@posthorn/crypto'
import { encode, PrivateKeyBundle as Wire } from '@posthorn/wire'
import { describe, expect, it } from 'vitest'
import { addPreKey, createKeyBundle } from './create-key-bundle.ts'
import { createLocalSigner } from './local-signer.ts'
import {
  decodePrivateKeyBundle,
  encodePrivateKeyBundleV1,
  encodePrivateKeyBundleV2,
  type PrivateKeyBundle,
  publicKeyBundleOf,
  verifyPrivateKeyBundle,
} from './private-key-bundle.ts'

const crypto = await loadCrypto()
const signer = createLocalSigner(crypto, new Uint8Array(32).fill(4))
const first = await createKeyBundle(crypto, { signer, createdMs: 1_700_000_000_000 })
const bundle = addPreKey(crypto, first, 1_700_000_000_500)
const withCode = (code: string) => expect.objectContaining({ code })

describe('private key bundle', () => {
  it('reads back the same from both versions', () => {
    expect(decodePrivateKeyBundle(encodePrivateKeyBundleV1(bundle))).toEqual({ form: 'v1', bundle })
    expect(decodePrivateKeyBundle(encodePrivateKeyBundleV2(bundle))).toEqual({ form: 'v2', bundle })
  })

  it('is known as unversioned when only its V1 form is there', () => {
    const versioned = encodePrivateKeyBundleV1(bundle)
    // Field 1 and a length of two bytes stand around the bare form.
    expect(versioned.length - 3).toBeGreaterThan(127)
    const bare = versioned.subarray(3)
    expect(decodePrivateKeyBundle(bare)).toEqual({ form: 'unversioned', bundle })
  })

  it('has its newest pre-key in front, and that one in public', () => {
    expect(bundle.preKeys).toHaveLength(2)
    expect(bundle.preKeys[1]).toBe(first.preKeys[0])
    expect(publicKeyBundleOf(bundle).preKey).toBe(bundle.preKeys[0].public)
  })

  it('leads to the address of its wallet', () => {
    expect(verifyPrivateKeyBundle(crypto, bundle)).toBe(signer.address)
  })

  it('is refused when a secret belongs to another public key', () => {
    const [current, old] = bundle.preKeys
    if (old === undefined) return expect.unreachable()
    const mixed: PrivateKeyBundle = {
      ...bundle,
      preKeys: [{ secret: old.secret, public: current.public }],
    }
    expect(() => verifyPrivateKeyBundle(crypto, mixed)).toThrowError(
      withCode('identity/key-mismatch'),
    )
  })

  it('is refused when an older pre-key is not signed by the identity', async () => {
    const stranger = await createKeyBundle(crypto, { signer, createdMs: 1_700_000_000_000 })
    const mixed: PrivateKeyBundle = {
      ...bundle,
      preKeys: [bundle.preKeys[0], stranger.preKeys[0]],
    }
    expect(() => verifyPrivateKeyBundle(crypto, mixed)).toThrowError(
      withCode('identity/pre-key-not-signed'),
    )
  })

  it('is refused when a secret is zero', () => {
    const key = { ...bundle.identityKey, secret: new Uint8Array(32) }
    expect(() => verifyPrivateKeyBundle(crypto, { ...bundle, identityKey: key })).toThrowError(
      withCode('crypto/bad-private-key'),
    )
  })

  it('is refused without a pre-key or a version', () => {
    const value = { identityKey: undefined, preKeys: [] }
    for (const version of [undefined, { $case: 'v1' as const, value }]) {
      const bytes = encode(Wire, { version })
      expect(() => decodePrivateKeyBundle(bytes)).toThrowError(
        withCode('identity/malformed-private-key'),
      )
    }
  })

  it('has no V2 form when it was made after the year 2554', async () => {
    const late = await createKeyBundle(crypto, { signer, createdMs: 18_446_744_073_710 })
    expect(() => encodePrivateKeyBundleV2(late)).toThrowError(
      withCode('identity/time-out-of-range'),
    )
    expect(decodePrivateKeyBundle(encodePrivateKeyBundleV1(late)).bundle).toEqual(late)
  })

  it('shares no secret with the bytes it was read from', () => {
    const bytes = encodePrivateKeyBundleV1(bundle)
    const read = decodePrivateKeyBundle(bytes)
    bytes.fill(0)
    expect(read.bundle).toEqual(bundle)
  })
})
