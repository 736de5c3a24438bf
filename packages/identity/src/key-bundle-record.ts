// The private key bundle as it is kept on the network, on an account's private store topic: encrypted with a
// secret that only the wallet can make, its signature over the Enable text. Every later device of the account
// asks for the same signature, so wallets that sign with fresh randomness cannot come back.

import { wipe } from '@posthorn/bytes'
import {
  type Crypto,
  decryptHkdfAesGcm,
  encryptHkdfAesGcm,
  type HkdfAesGcmCiphertext,
} from '@posthorn/crypto'
import { CodecError, ValidationError, VerificationError } from '@posthorn/errors'
import {
  decode,
  encode,
  EncryptedPrivateKeyBundleV1 as Unversioned,
  EncryptedPrivateKeyBundle as Versioned,
} from '@posthorn/wire'
import { parseAddress } from './account.ts'
import { askWallet } from './ask-wallet.ts'
import {
  decodePrivateKeyBundle,
  encodePrivateKeyBundleV1,
  type PrivateKeyBundle,
  verifyPrivateKeyBundle,
} from './private-key-bundle.ts'
import { enableIdentityText } from './signature-text.ts'
import type { WalletSigner } from './wallet-signer.ts'

const walletPreKeyBytes = 32
const saltBytes = 32
const nonceBytes = 12
const tagBytes = 16
const firstV = 27

/** What {@link sealKeyBundleRecord} takes. */
export type SealKeyBundleRecordOptions = {
  readonly bundle: PrivateKeyBundle
  readonly signer: WalletSigner
}

/** What {@link openKeyBundleRecord} takes. */
export type OpenKeyBundleRecordOptions = {
  /** The newest message of the private store topic. */
  readonly record: Uint8Array
  readonly signer: WalletSigner
}

/** A private key bundle that came from the network. */
export type OpenedKeyBundleRecord = {
  readonly bundle: PrivateKeyBundle
  /** Whether the record is in an encoding of old clients, to be sealed anew and published in today's. */
  readonly needsRewrite: boolean
}

type EncryptedBundle = {
  readonly walletPreKey: Uint8Array
  readonly ciphertext: HkdfAesGcmCiphertext
}

/**
 * The record to publish on the private store topic. Asks the wallet for one signature, over the Enable text.
 *
 * @throws VerificationError `identity/not-signed-by-wallet`, and the other codes of asking a wallet;
 * ValidationError `identity/not-legacy`
 */
export async function sealKeyBundleRecord(
  crypto: Crypto,
  { bundle, signer }: SealKeyBundleRecordOptions,
): Promise<Uint8Array> {
  const walletPreKey = crypto.randomBytes(walletPreKeyBytes)
  const plaintext = encodePrivateKeyBundleV1(bundle)
  const secret = await askWallet(crypto, signer, enableIdentityText(walletPreKey))
  try {
    const { salt, nonce, payload } = await encryptHkdfAesGcm(crypto, { secret, plaintext })
    const ciphertext = { hkdfSalt: salt, gcmNonce: nonce, payload }
    const union = { $case: 'aes256GcmHkdfSha256' as const, value: ciphertext }
    const value = { walletPreKey, ciphertext: { union } }
    return encode(Versioned, { version: { $case: 'v1', value } })
  } finally {
    wipe(plaintext, secret)
  }
}

/**
 * The private keys of a record. Asks the wallet for one signature, over the Enable text of the record.
 *
 * @throws CodecError `identity/malformed-record` and the codes of decoding a private bundle;
 * VerificationError `identity/record-not-opened`, `identity/other-account`, and the codes of checking a
 * private bundle and of asking a wallet; ValidationError `identity/unsupported-record`
 */
export async function openKeyBundleRecord(
  crypto: Crypto,
  { record, signer }: OpenKeyBundleRecordOptions,
): Promise<OpenedKeyBundleRecord> {
  const versioned = tryDecodeVersioned(record)
  const { walletPreKey, ciphertext } = versioned ?? decodeUnversioned(record)
  const secret = await askWallet(crypto, signer, enableIdentityText(walletPreKey))
  const plaintext = await decryptWithSignature(crypto, ciphertext, secret)
  try {
    const { form, bundle } = decodePrivateKeyBundle(plaintext)
    if (form === 'v2') throw unsupportedRecord()
    checkAccount(crypto, bundle, signer)
    return { bundle, needsRewrite: versioned === undefined || form === 'unversioned' }
  } finally {
    wipe(plaintext)
  }
}

function tryDecodeVersioned(record: Uint8Array): EncryptedBundle | undefined {
  try {
    const { version } = decode(Versioned, record, 'EncryptedPrivateKeyBundle')
    return version === undefined ? undefined : encryptedBundleOf(version.value)
  } catch (error) {
    // The bytes of the older encoding rarely parse as the newer one, and never have its parts.
    if (error instanceof CodecError) return undefined
    throw error
  }
}

function decodeUnversioned(record: Uint8Array): EncryptedBundle {
  return encryptedBundleOf(decode(Unversioned, record, 'EncryptedPrivateKeyBundleV1'))
}

function encryptedBundleOf(wire: Unversioned): EncryptedBundle {
  const parts = wire.ciphertext?.union?.value
  if (
    wire.walletPreKey.length !== walletPreKeyBytes ||
    parts?.hkdfSalt.length !== saltBytes ||
    parts.gcmNonce.length !== nonceBytes ||
    parts.payload.length < tagBytes
  ) {
    throw new CodecError(
      'identity/malformed-record',
      'Read key bundle record: found missing or misshapen parts, wanted a pre-key and a ciphertext',
    )
  }
  const ciphertext = { salt: parts.hkdfSalt, nonce: parts.gcmNonce, payload: parts.payload }
  return { walletPreKey: wire.walletPreKey, ciphertext }
}

// The secret is the signature with its last byte, which the same wallet writes as 27 or 28 through one
// program and as 0 or 1 through another.
async function decryptWithSignature(
  crypto: Crypto,
  ciphertext: HkdfAesGcmCiphertext,
  signature: Uint8Array,
): Promise<Uint8Array> {
  const respelled = respell(signature)
  try {
    return (
      (await tryDecrypt(crypto, ciphertext, signature)) ??
      (await decryptHkdfAesGcm(crypto, { secret: respelled, ciphertext }))
    )
  } catch (cause) {
    throw new VerificationError(
      'identity/record-not-opened',
      'Open key bundle record: the signature does not decrypt it, wanted the one it was sealed with',
      { cause },
    )
  } finally {
    wipe(signature, respelled)
  }
}

async function tryDecrypt(
  crypto: Crypto,
  ciphertext: HkdfAesGcmCiphertext,
  secret: Uint8Array,
): Promise<Uint8Array | undefined> {
  try {
    return await decryptHkdfAesGcm(crypto, { secret, ciphertext })
  } catch (error) {
    if (error instanceof VerificationError) return undefined
    throw error
  }
}

function respell(signature: Uint8Array): Uint8Array {
  const respelled = new Uint8Array(signature)
  const last = respelled.length - 1
  const v = respelled[last] ?? 0
  respelled[last] = v < firstV ? v + firstV : v - firstV
  return respelled
}

function checkAccount(crypto: Crypto, bundle: PrivateKeyBundle, signer: WalletSigner): void {
  if (verifyPrivateKeyBundle(crypto, bundle) === parseAddress(crypto, signer.address)) return
  throw new VerificationError(
    'identity/other-account',
    'Open key bundle record: found the keys of another account, wanted those of the signer',
  )
}

function unsupportedRecord(): ValidationError {
  return new ValidationError(
    'identity/unsupported-record',
    'Open key bundle record: found a V2 private bundle, wanted V1, the only form kept on the network',
  )
}
