import { concatBytes } from '@posthorn/bytes'
import { encryptHkdfAesGcm, loadCrypto } from '@posthorn/crypto'
import { ProtocolError } from '@posthorn/errors'
import { decode, EncryptedPrivateKeyBundle, encode } from '@posthorn/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyBundle } from './create-key-bundle.ts'
import { openKeyBundleRecord, sealKeyBundleRecord } from './key-bundle-record.ts'
import { createLocalSigner } from './local-signer.ts'
import { encodePrivateKeyBundleV1, encodePrivateKeyBundleV2 } from './private-key-bundle.ts'
import { enableIdentityText } from './signature-text.ts'
import type { WalletSigner } from './wallet-signer.ts'

const crypto = await loadCrypto()
const signer = createLocalSigner(crypto, new Uint8Array(32).fill(10))
const impostor = createLocalSigner(crypto, new Uint8Array(32).fill(11))
const bundle = await createKeyBundle(crypto, { signer, createdMs: 1_700_000_000_000 })
const record = await sealKeyBundleRecord(crypto, { bundle, signer })
const withCode = (code: string) => expect.objectContaining({ code })

/** The same wallet through a program that writes the last byte as 0 or 1. */
const rawSigner: WalletSigner = {
  address: signer.address,
  async signText(text) {
    return (await signer.signText(text)).map((byte, i) => (i === 64 ? byte - 27 : byte))
  },
}

/** A record whose plaintext is not what the current form wants. */
async function recordOf(plaintext: Uint8Array): Promise<Uint8Array> {
  const walletPreKey = new Uint8Array(32).fill(1)
  const secret = await signer.signText(enableIdentityText(walletPreKey))
  const { salt, nonce, payload } = await encryptHkdfAesGcm(crypto, { secret, plaintext })
  const parts = { hkdfSalt: salt, gcmNonce: nonce, payload }
  const ciphertext = { union: { $case: 'aes256GcmHkdfSha256' as const, value: parts } }
  const value = { walletPreKey, ciphertext }
  return encode(EncryptedPrivateKeyBundle, { version: { $case: 'v1', value } })
}

describe('key bundle record', () => {
  it('opens for the wallet that sealed it', async () => {
    expect(await openKeyBundleRecord(crypto, { record, signer })).toEqual({
      bundle,
      needsRewrite: false,
    })
  })

  it('is another record each time', async () => {
    expect(await sealKeyBundleRecord(crypto, { bundle, signer })).not.toEqual(record)
  })

  it('opens when the wallet writes its last byte as 0 or 1, and the other way round', async () => {
    const opened = await openKeyBundleRecord(crypto, { record, signer: rawSigner })
    expect(opened.bundle).toEqual(bundle)
    const raw = await sealKeyBundleRecord(crypto, { bundle, signer: rawSigner })
    expect((await openKeyBundleRecord(crypto, { record: raw, signer })).bundle).toEqual(bundle)
  })

  it('needs rewriting when either wrapping is missing', async () => {
    const bareRecord = record.subarray(3)
    const bareBundle = await recordOf(encodePrivateKeyBundleV1(bundle).subarray(3))
    for (const old of [bareRecord, bareBundle]) {
      expect(await openKeyBundleRecord(crypto, { record: old, signer })).toEqual({
        bundle,
        needsRewrite: true,
      })
    }
  })

  it('leaves the signature that the wallet returned as it was', async () => {
    const given: Uint8Array[] = []
    const keeping: WalletSigner = {
      address: signer.address,
      async signText(text) {
        const bytes = await signer.signText(text)
        given.push(bytes)
        return bytes
      },
    }
    await openKeyBundleRecord(crypto, { record, signer: keeping })
    expect(given[0]?.some((byte) => byte !== 0)).toBe(true)
  })

  it('is refused when it holds a V2 private bundle', async () => {
    const held = await recordOf(encodePrivateKeyBundleV2(bundle))
    await expect(openKeyBundleRecord(crypto, { record: held, signer })).rejects.toThrowError(
      withCode('identity/unsupported-record'),
    )
  })

  it('is refused when it holds the keys of another account', async () => {
    const theirs = await createKeyBundle(crypto, { signer: impostor, createdMs: 1 })
    const held = await sealKeyBundleRecord(crypto, { bundle: theirs, signer })
    await expect(openKeyBundleRecord(crypto, { record: held, signer })).rejects.toThrowError(
      withCode('identity/other-account'),
    )
  })

  it('is refused for another wallet', async () => {
    await expect(openKeyBundleRecord(crypto, { record, signer: impostor })).rejects.toThrowError(
      withCode('identity/record-not-opened'),
    )
  })

  it('is neither sealed nor opened when another wallet answers', async () => {
    const lying = { address: signer.address, signText: impostor.signText }
    const notSigned = withCode('identity/not-signed-by-wallet')
    await expect(sealKeyBundleRecord(crypto, { bundle, signer: lying })).rejects.toThrowError(
      notSigned,
    )
    await expect(openKeyBundleRecord(crypto, { record, signer: lying })).rejects.toThrowError(
      notSigned,
    )
  })

  it('does not ask the wallet when it is not a record', async () => {
    const never: WalletSigner = { address: signer.address, signText: () => expect.unreachable() }
    for (const bytes of [
      new Uint8Array(0),
      record.subarray(0, 40),
      encodePrivateKeyBundleV1(bundle),
    ]) {
      await expect(
        openKeyBundleRecord(crypto, { record: bytes, signer: never }),
      ).rejects.toThrowError(ProtocolError)
    }
  })

  it.each([
    ['pre-key', { walletPreKey: new Uint8Array(31) }, {}],
    ['salt', {}, { hkdfSalt: new Uint8Array(33) }],
    ['nonce', {}, { gcmNonce: new Uint8Array(11) }],
    ['tag', {}, { payload: new Uint8Array(15) }],
  ])('is refused without asking the wallet when its %s has another length', async (...args) => {
    const [, outer, inner] = args
    const never: WalletSigner = { address: signer.address, signText: () => expect.unreachable() }
    const { version } = decode(EncryptedPrivateKeyBundle, record, 'record')
    const parts = version?.value.ciphertext?.union?.value
    if (version === undefined || parts === undefined) return expect.unreachable()
    const union = { $case: 'aes256GcmHkdfSha256' as const, value: { ...parts, ...inner } }
    const value = { ...version.value, ...outer, ciphertext: { union } }
    const bytes = encode(EncryptedPrivateKeyBundle, { version: { $case: 'v1', value } })
    await expect(
      openKeyBundleRecord(crypto, { record: bytes, signer: never }),
    ).rejects.toThrowError(withCode('identity/malformed-record'))
  })

  it('is refused when any byte of its pre-key or ciphertext is changed', async () => {
    const { version } = decode(EncryptedPrivateKeyBundle, record, 'record')
    const parts = version?.value.ciphertext?.union?.value
    if (version === undefined || parts === undefined) return expect.unreachable()
    const fields = [version.value.walletPreKey, parts.hkdfSalt, parts.gcmNonce, parts.payload]
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (i, at, mask) => {
          const field = fields[i] ?? new Uint8Array(1)
          const where = field.byteOffset - record.byteOffset + (at % field.length)
          const changed = record.map((byte, j) => (j === where ? byte ^ mask : byte))
          await expect(
            openKeyBundleRecord(crypto, { record: changed, signer }),
          ).rejects.toThrowError(withCode('identity/record-not-opened'))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('opens when a newer client added a field that is not known here', async () => {
    const longer = concatBytes(record, Uint8Array.of(0x78, 0x01))
    expect((await openKeyBundleRecord(crypto, { record: longer, signer })).bundle).toEqual(bundle)
  })
})
