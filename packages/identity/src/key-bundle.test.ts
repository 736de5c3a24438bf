import { concatBytes, msToNs } from '@posthorn/bytes'
import { loadCrypto } from '@posthorn/crypto'
import { ProtocolError } from '@posthorn/errors'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyBundle } from './create-key-bundle.ts'
import {
  decodeKeyBundleV1,
  decodeKeyBundleV2,
  encodeKeyBundleV1,
  encodeKeyBundleV2,
  equalKeyBundles,
  isLegacyKeyBundle,
  keyBundleFromWireV1,
  keyBundleFromWireV2,
  keyBundleId,
  keyBundleToWireV1,
  keyBundleToWireV2,
  type PublicKeyBundle,
  recoverIdentityAddress,
  verifyKeyBundle,
} from './key-bundle.ts'
import { createLocalSigner } from './local-signer.ts'
import { publicKeyBundleOf } from './private-key-bundle.ts'
import type { SignedPublicKey } from './public-key.ts'

const crypto = await loadCrypto()
const signer = createLocalSigner(crypto, new Uint8Array(32).fill(3))
const createdMs = 1_700_000_000_123
const bundle = publicKeyBundleOf(await createKeyBundle(crypto, { signer, createdMs }))
const other = publicKeyBundleOf(await createKeyBundle(crypto, { signer, createdMs }))
const withCode = (code: string) => expect.objectContaining({ code })

function flipped(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return bytes.map((byte, i) => (i === at % bytes.length ? byte ^ mask : byte))
}

/** The address that a bundle leads to, or undefined when it is refused with an error of ours. */
function addressOrRefused(read: () => PublicKeyBundle): string | undefined {
  try {
    return verifyKeyBundle(crypto, read())
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError)
    return undefined
  }
}

describe('key bundle', () => {
  it('reads back the same from both wire versions', () => {
    expect(decodeKeyBundleV1(encodeKeyBundleV1(bundle))).toEqual(bundle)
    expect(decodeKeyBundleV2(encodeKeyBundleV2(bundle))).toEqual(bundle)
    expect(equalKeyBundles(decodeKeyBundleV1(encodeKeyBundleV1(bundle)), bundle)).toBe(true)
  })

  it('leads to the address of the wallet that signed it', () => {
    expect(verifyKeyBundle(crypto, bundle)).toBe(signer.address)
  })

  it('knows its creation time in nanoseconds and that it has a V1 form', () => {
    expect(bundle.identityKey.createdNs).toBe(msToNs(createdMs))
    expect(isLegacyKeyBundle(bundle)).toBe(true)
  })

  it('shares no memory with the bytes it was read from', () => {
    const bytes = encodeKeyBundleV2(bundle)
    const read = decodeKeyBundleV2(bytes)
    bytes.fill(0)
    expect(read).toEqual(bundle)
  })

  it('is refused when its pre-key is signed by another identity', () => {
    const mixed = { identityKey: bundle.identityKey, preKey: other.preKey }
    expect(() => verifyKeyBundle(crypto, mixed)).toThrowError(
      withCode('identity/pre-key-not-signed'),
    )
  })

  it('never leads to the same address when key bytes or the wallet signature are changed', () => {
    const fields = ['keyBytes', 'compact'] as const
    fc.assert(
      fc.property(
        fc.constantFrom(...fields),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (...args) => {
          const [field, at, mask] = args
          const wire = keyBundleToWireV2(bundle)
          const key = wire.identityKey
          const signature = key?.signature?.union
          if (key === undefined || signature === undefined) return expect.unreachable()
          if (field === 'keyBytes') key.keyBytes = flipped(key.keyBytes, at, mask)
          else signature.value.bytes = flipped(signature.value.bytes, at, mask)
          expect(addressOrRefused(() => keyBundleFromWireV2(wire))).not.toBe(signer.address)
        },
      ),
    )
  })

  it('is refused when the pre-key or its signature are changed', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 255 }), (inKey, at, mask) => {
        const wire = keyBundleToWireV2(bundle)
        const key = wire.preKey
        const signature = key?.signature?.union
        if (key === undefined || signature === undefined) return expect.unreachable()
        if (inKey) key.keyBytes = flipped(key.keyBytes, at, mask)
        else signature.value.bytes = flipped(signature.value.bytes, at, mask)
        expect(addressOrRefused(() => keyBundleFromWireV2(wire))).toBeUndefined()
      }),
    )
  })

  it('leads elsewhere when the recovery bit of the wallet is changed', () => {
    const { signature } = bundle.identityKey
    const recovery = signature.recovery === 0 ? 1 : 0
    const identityKey: SignedPublicKey = {
      ...bundle.identityKey,
      signature: { ...signature, recovery },
    }
    expect(recoverIdentityAddress(crypto, identityKey)).not.toBe(signer.address)
  })

  it('keeps key bytes as they came, and has no V1 form when a V1 reader would see others', () => {
    // An unknown field 15 after the key: valid protobuf, which a new encoding would lose.
    const wire = keyBundleToWireV2(bundle)
    const extra = Uint8Array.of(0x78, 0x01)
    const keyBytes = concatBytes(bundle.identityKey.keyBytes, extra)
    if (wire.identityKey !== undefined) wire.identityKey.keyBytes = keyBytes
    const read = keyBundleFromWireV2(wire)
    expect(read.identityKey.keyBytes).toEqual(keyBytes)
    expect(decodeKeyBundleV2(encodeKeyBundleV2(read))).toEqual(read)
    expect(() => encodeKeyBundleV1(read)).toThrowError(withCode('identity/not-legacy'))
  })

  it('takes the wallet arm in V1 and writes the other one', () => {
    const wire = keyBundleToWireV1(bundle)
    const identityKey = wire.identityKey
    const value = identityKey?.signature?.union?.value
    if (identityKey === undefined || value === undefined) return expect.unreachable()
    identityKey.signature = { union: { $case: 'walletEcdsaCompact', value } }
    const read = keyBundleFromWireV1(wire)
    expect(read).toEqual(bundle)
    expect(keyBundleToWireV1(read).identityKey?.signature?.union?.$case).toBe('ecdsaCompact')
  })

  it.each(['identityKey', 'preKey'] as const)(
    'is refused in V2 when %s has the other arm',
    (name) => {
      const wire = keyBundleToWireV2(bundle)
      const key = wire[name]
      const union = key?.signature?.union
      if (key === undefined || union === undefined) return expect.unreachable()
      const $case = union.$case === 'ecdsaCompact' ? 'walletEcdsaCompact' : 'ecdsaCompact'
      key.signature = { union: { $case, value: union.value } }
      expect(() => keyBundleFromWireV2(wire)).toThrowError(withCode('identity/malformed-signature'))
    },
  )

  it.each([
    ['V1', () => keyBundleFromWireV1(undefined)],
    ['V2', () => keyBundleFromWireV2(undefined)],
    ['V1', () => keyBundleFromWireV1({ ...keyBundleToWireV1(bundle), preKey: undefined })],
    ['V2', () => keyBundleFromWireV2({ ...keyBundleToWireV2(bundle), preKey: undefined })],
  ])('is refused in %s when a key is missing', (_, read) => {
    expect(read).toThrowError(withCode('identity/malformed-key'))
  })

  it('is refused in V1 when its time cannot be milliseconds', () => {
    const wire = keyBundleToWireV1(bundle)
    if (wire.identityKey !== undefined) wire.identityKey.timestamp = 10n ** 18n
    expect(() => keyBundleFromWireV1(wire)).toThrowError(withCode('identity/malformed-key'))
  })

  it('is refused when a key of the right length does not start as an uncompressed one', () => {
    for (const prefix of [0x00, 0x02, 0x05, 0x06, 0x07]) {
      const wire = keyBundleToWireV1(bundle)
      const union = wire.preKey?.union
      if (union === undefined) return expect.unreachable()
      union.value.bytes = union.value.bytes.with(0, prefix)
      expect(() => keyBundleFromWireV1(wire)).toThrowError(withCode('identity/malformed-key'))
    }
  })

  it('is refused when a key is compressed', () => {
    const wire = keyBundleToWireV1(bundle)
    const union = wire.preKey?.union
    if (union === undefined) return expect.unreachable()
    union.value.bytes = concatBytes(Uint8Array.of(2), union.value.bytes.subarray(1, 33))
    expect(() => keyBundleFromWireV1(wire)).toThrowError(withCode('identity/malformed-key'))
  })
})

describe('keyBundleId', () => {
  it('is the same for the same bundle from either wire version', () => {
    const id = keyBundleId(crypto, bundle)
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(keyBundleId(crypto, decodeKeyBundleV1(encodeKeyBundleV1(bundle)))).toBe(id)
  })

  it('differs as soon as one recovery bit does', () => {
    const { signature } = bundle.preKey
    const recovery = signature.recovery === 0 ? 1 : 0
    const turned = {
      ...bundle,
      preKey: { ...bundle.preKey, signature: { ...signature, recovery } },
    }
    expect(keyBundleId(crypto, turned as PublicKeyBundle)).not.toBe(keyBundleId(crypto, bundle))
    expect(equalKeyBundles(turned as PublicKeyBundle, bundle)).toBe(false)
  })

  it('differs as soon as one signature does', () => {
    const swapped = {
      ...bundle,
      preKey: { ...bundle.preKey, signature: other.preKey.signature },
    }
    expect(keyBundleId(crypto, swapped)).not.toBe(keyBundleId(crypto, bundle))
    expect(equalKeyBundles(swapped, bundle)).toBe(false)
  })
})
