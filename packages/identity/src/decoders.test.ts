// Whatever bytes strangers publish, a decoder answers with a value or with an error of ours.

import { loadCrypto } from '@posthorn/crypto'
import { ProtocolError } from '@posthorn/errors'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeContactBundle, encodeContactBundle } from './contact-bundle.ts'
import { createKeyBundle } from './create-key-bundle.ts'
import {
  decodeKeyBundleV1,
  decodeKeyBundleV2,
  encodeKeyBundleV1,
  encodeKeyBundleV2,
} from './key-bundle.ts'
import { openKeyBundleRecord } from './key-bundle-record.ts'
import { createLocalSigner } from './local-signer.ts'
import {
  decodePrivateKeyBundle,
  encodePrivateKeyBundleV1,
  encodePrivateKeyBundleV2,
  publicKeyBundleOf,
} from './private-key-bundle.ts'
import { parseWalletSignature } from './signature.ts'

const crypto = await loadCrypto()
const signer = createLocalSigner(crypto, new Uint8Array(32).fill(16))
const bundle = await createKeyBundle(crypto, { signer, createdMs: 1_700_000_000_000 })
const keyBundle = publicKeyBundleOf(bundle)

const wholes = [
  encodeKeyBundleV1(keyBundle),
  encodeKeyBundleV2(keyBundle),
  encodeContactBundle({ version: 'v1', keyBundle }),
  encodeContactBundle({ version: 'v2', keyBundle }),
  encodePrivateKeyBundleV1(bundle),
  encodePrivateKeyBundleV2(bundle),
]

/** Arbitrary bytes, and real messages that are cut, changed, or both. */
const strange = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc
    .tuple(fc.constantFrom(...wholes), fc.nat(), fc.nat(), fc.nat(255))
    .map(([whole, end, at, byte]) => {
      const cut = whole.slice(0, (end % whole.length) + 1)
      cut[at % cut.length] = byte
      return cut
    }),
  fc
    .tuple(fc.constantFrom(...wholes), fc.nat(), fc.nat(255))
    .map(([whole, at, byte]) => whole.map((old, i) => (i === at % whole.length ? byte : old))),
)

describe('decoders', () => {
  it.each([
    ['decodeKeyBundleV1', decodeKeyBundleV1],
    ['decodeKeyBundleV2', decodeKeyBundleV2],
    ['decodeContactBundle', decodeContactBundle],
    ['decodePrivateKeyBundle', decodePrivateKeyBundle],
    ['parseWalletSignature', parseWalletSignature],
  ])('%s throws nothing but errors of ours', (_, decodeBytes) => {
    fc.assert(
      fc.property(strange, (bytes) => {
        try {
          decodeBytes(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('openKeyBundleRecord throws nothing but errors of ours', async () => {
    await fc.assert(
      fc.asyncProperty(strange, async (record) => {
        await expect(openKeyBundleRecord(crypto, { record, signer })).rejects.toThrowError(
          ProtocolError,
        )
      }),
      { numRuns: 200 },
    )
  })
})
