import { loadCrypto } from '@posthorn/crypto'
import { encode, ContactBundle as Wire } from '@posthorn/wire'
import { describe, expect, it } from 'vitest'
import { decodeContactBundle, encodeContactBundle, verifyContactBundle } from './contact-bundle.ts'
import { createKeyBundle } from './create-key-bundle.ts'
import { encodeKeyBundleV1, encodeKeyBundleV2 } from './key-bundle.ts'
import { createLocalSigner } from './local-signer.ts'
import { publicKeyBundleOf } from './private-key-bundle.ts'

const crypto = await loadCrypto()
const signer = createLocalSigner(crypto, new Uint8Array(32).fill(8))
const createdMs = 1_700_000_000_000
const keyBundle = publicKeyBundleOf(await createKeyBundle(crypto, { signer, createdMs }))
const stranger = publicKeyBundleOf(await createKeyBundle(crypto, { signer, createdMs }))
const withCode = (code: string) => expect.objectContaining({ code })

describe('contact bundle', () => {
  it.each(['v1', 'v2'] as const)('reads back the same as %s', (version) => {
    const bytes = encodeContactBundle({ version, keyBundle })
    expect(decodeContactBundle(bytes)).toEqual({ version, keyBundle })
    expect(verifyContactBundle(crypto, bytes)).toEqual({
      version,
      keyBundle,
      address: signer.address,
    })
  })

  it('reads as V1 when it is a V1 key bundle with nothing around it', () => {
    expect(decodeContactBundle(encodeKeyBundleV1(keyBundle))).toEqual({ version: 'v1', keyBundle })
  })

  it('is refused when it is a V2 key bundle with nothing around it', () => {
    expect(() => decodeContactBundle(encodeKeyBundleV2(keyBundle))).toThrowError(
      withCode('identity/malformed-key'),
    )
  })

  it('is refused when it is empty or of an unknown version', () => {
    for (const bytes of [new Uint8Array(0), encode(Wire, { version: undefined })]) {
      expect(() => decodeContactBundle(bytes)).toThrowError(withCode('identity/malformed-contact'))
    }
  })

  it('is refused when its keys do not belong together', () => {
    const mixed = { identityKey: keyBundle.identityKey, preKey: stranger.preKey }
    const bytes = encodeContactBundle({ version: 'v2', keyBundle: mixed })
    expect(() => verifyContactBundle(crypto, bytes)).toThrowError(
      withCode('identity/pre-key-not-signed'),
    )
  })
})
