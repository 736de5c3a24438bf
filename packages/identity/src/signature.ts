// ECDSA signatures: the two arms in which keys carry them, and the 65-byte form that wallets make.

import { personalMessageDigest, type RecoverableSignature } from '@posthorn/crypto/verify'
import { CodecError } from '@posthorn/errors'
import type { Signature } from '@posthorn/wire'
import { addressOf } from './account.ts'
import type { CheckCrypto } from './check-crypto.ts'

// r || s
const compactSignatureBytes = 64
// r || s || v
const walletSignatureBytes = 65

/** The signature on a key: r || s (64 bytes) and the recovery bit. Its place says who made it. */
export type KeySignature = RecoverableSignature

/** Wire arm of a signature: made by an XMTP key, or by a wallet over a text. */
export type SignatureArm = 'ecdsaCompact' | 'walletEcdsaCompact'

/** The wire form of a signature; `arm` says who made it. */
export function signatureToWire(
  signature: KeySignature,
  arm: SignatureArm = 'ecdsaCompact',
): Signature {
  const value = { bytes: signature.compact, recovery: signature.recovery }
  return { union: { $case: arm, value } }
}

/**
 * The signature of a wire message, when it is in one of the expected arms.
 *
 * @throws CodecError `identity/malformed-signature`
 */
export function signatureFromWire(
  signature: Signature | undefined,
  arms: readonly SignatureArm[] = ['ecdsaCompact'],
): KeySignature {
  const union = signature?.union
  if (union === undefined) throw malformedSignature('none', `one of kind ${arms.join(' or ')}`)
  if (!arms.includes(union.$case)) throw malformedSignature(union.$case, arms.join(' or '))
  const { bytes, recovery } = union.value
  if (bytes.length !== compactSignatureBytes) {
    throw malformedSignature(`${bytes.length} bytes`, `${compactSignatureBytes}`)
  }
  if (recovery !== 0 && recovery !== 1) {
    throw malformedSignature('another recovery value', '0 or 1')
  }
  return { compact: new Uint8Array(bytes), recovery }
}

/**
 * Takes a wallet's signature apart: 65 bytes r || s || v, where v is 0, 1, 27 or 28.
 *
 * @throws CodecError `identity/malformed-wallet-signature`
 */
export function parseWalletSignature(bytes: Uint8Array): KeySignature {
  if (bytes.length !== walletSignatureBytes) {
    throw malformedWalletSignature(`${bytes.length} bytes`, `${walletSignatureBytes}`)
  }
  const recovery = recoveryOf(bytes[compactSignatureBytes])
  if (recovery === undefined) {
    throw malformedWalletSignature('another last byte', '0, 1, 27 or 28')
  }
  return { compact: new Uint8Array(bytes.subarray(0, compactSignatureBytes)), recovery }
}

/**
 * The address, in EIP-55 form, of the wallet that signed a text by EIP-191 personal_sign.
 * Any well-formed signature yields some address: compare it with the one you expect.
 *
 * @throws VerificationError `crypto/bad-signature`
 */
export function recoverSigner(crypto: CheckCrypto, text: string, signature: KeySignature): string {
  const digest = personalMessageDigest(crypto.hash, text)
  return addressOf(crypto, crypto.curve.recover(signature, digest))
}

function recoveryOf(v: number | undefined): 0 | 1 | undefined {
  if (v === 0 || v === 27) return 0
  return v === 1 || v === 28 ? 1 : undefined
}

function malformedSignature(found: string, wanted: string): CodecError {
  return new CodecError(
    'identity/malformed-signature',
    `Read signature: found ${found}, wanted ${wanted}`,
  )
}

function malformedWalletSignature(found: string, wanted: string): CodecError {
  return new CodecError(
    'identity/malformed-wallet-signature',
    `Read wallet signature: found ${found}, wanted ${wanted}`,
  )
}
