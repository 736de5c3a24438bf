// Public keys of the protocol. Both wire generations share one form in memory, built around the exact bytes
// that were signed: signatures are checked over those and never over a fresh encoding.

import { equalBytes } from '@posthorn/bytes'
import { CodecError, ValidationError, VerificationError } from '@posthorn/errors'
import {
  decode,
  encode,
  type PublicKey as PublicKeyV1,
  type SignedPublicKey as PublicKeyV2,
  UnsignedPublicKey,
} from '@posthorn/wire'
import type { CheckCrypto } from './check-crypto.ts'
import { requireMs } from './check-time.ts'
import {
  type KeySignature,
  type SignatureArm,
  signatureFromWire,
  signatureToWire,
} from './signature.ts'

const publicKeyBytes = 65

// V2 keys that were made from V1 keys keep milliseconds in the field for nanoseconds.
const firstNativeNs = 10n ** 18n
const nsPerMs = 1_000_000n

/** A public key and the signature that vouches for it. */
export type SignedPublicKey = {
  /** The encoded unsigned key: exactly the bytes that were signed. */
  readonly keyBytes: Uint8Array
  /** The uncompressed point, 65 bytes starting 0x04. */
  readonly publicKey: Uint8Array
  readonly createdNs: bigint
  /** Whether the key was made as a V1 key, with its time in milliseconds; only such keys have a V1 form. */
  readonly isFromLegacy: boolean
  /** By the wallet on an identity key, by the identity key on a pre-key. */
  readonly signature: KeySignature
}

/** What a key is for, which says who signs it: the wallet, or the identity key. */
export type KeyRole = 'identity' | 'pre-key'

/** What a public key says besides its signature. */
export type UnsignedKey = Omit<SignedPublicKey, 'signature'>

const armOfRole: Readonly<Record<KeyRole, SignatureArm>> = {
  identity: 'walletEcdsaCompact',
  'pre-key': 'ecdsaCompact',
}

/**
 * A new key before it is signed, in the V1 form that all generated keys have.
 *
 * @throws UsageError `identity/bad-time`
 */
export function unsignedKey(publicKey: Uint8Array, createdMs: number): UnsignedKey {
  requireMs(createdMs)
  return parseKeyBytes(encodeUnsigned(publicKey, BigInt(createdMs)))
}

/** The V2 wire form of a public key. */
export function publicKeyToWireV2(key: SignedPublicKey, role: KeyRole): PublicKeyV2 {
  return { keyBytes: key.keyBytes, signature: signatureToWire(key.signature, armOfRole[role]) }
}

/**
 * A public key of its V2 wire form. The signature is in the arm of its role, but not verified.
 *
 * @throws CodecError `identity/malformed-key`, `identity/malformed-signature`, `wire/malformed`
 */
export function publicKeyFromWireV2(key: PublicKeyV2 | undefined, role: KeyRole): SignedPublicKey {
  if (key === undefined) throw malformedKey(role, 'none')
  return {
    ...parseKeyBytes(new Uint8Array(key.keyBytes)),
    signature: signatureFromWire(key.signature, [armOfRole[role]]),
  }
}

/**
 * The V1 wire form of a public key, whose signature is in the `ecdsaCompact` arm for both roles.
 *
 * @throws ValidationError `identity/not-legacy` when the key was not made as a V1 key
 */
export function publicKeyToWireV1(key: SignedPublicKey): PublicKeyV1 {
  const timestamp = key.createdNs / nsPerMs
  // A V1 reader encodes the key again to check its signature, so it must come out as the signed bytes.
  if (!key.isFromLegacy || !equalBytes(encodeUnsigned(key.publicKey, timestamp), key.keyBytes)) {
    throw new ValidationError(
      'identity/not-legacy',
      'Convert key to V1: found a native V2 key, wanted one that was made as a V1 key',
    )
  }
  return {
    timestamp,
    signature: signatureToWire(key.signature),
    union: { $case: 'secp256k1Uncompressed', value: { bytes: key.publicKey } },
  }
}

/**
 * A public key of its V1 wire form. Either signature arm is taken, as some clients write the wallet's.
 *
 * @throws CodecError `identity/malformed-key`, `identity/malformed-signature`
 */
export function publicKeyFromWireV1(key: PublicKeyV1 | undefined, role: KeyRole): SignedPublicKey {
  if (key === undefined) throw malformedKey(role, 'none')
  if (key.timestamp >= firstNativeNs) throw malformedKey(role, 'a time that is not in milliseconds')
  const signature = signatureFromWire(key.signature, ['ecdsaCompact', 'walletEcdsaCompact'])
  const bytes = key.union?.value.bytes ?? new Uint8Array(0)
  return { ...parseKeyBytes(encodeUnsigned(bytes, key.timestamp)), signature }
}

/** Whether two keys and their signatures are the same. */
export function equalPublicKeys(a: SignedPublicKey, b: SignedPublicKey): boolean {
  return (
    equalBytes(a.keyBytes, b.keyBytes) &&
    equalBytes(a.signature.compact, b.signature.compact) &&
    a.signature.recovery === b.signature.recovery
  )
}

/**
 * Checks that a pre-key is signed by an identity key: ECDSA over SHA-256 of its key bytes.
 *
 * @throws VerificationError `identity/pre-key-not-signed`
 */
export function verifyPreKey(
  crypto: CheckCrypto,
  preKey: SignedPublicKey,
  identityKey: SignedPublicKey,
): void {
  const digest = crypto.hash.sha256(preKey.keyBytes)
  if (!crypto.curve.verify(preKey.signature.compact, digest, identityKey.publicKey)) {
    throw new VerificationError(
      'identity/pre-key-not-signed',
      'Verify pre-key: found another signature, wanted one by the identity key',
    )
  }
}

function encodeUnsigned(publicKey: Uint8Array, createdNs: bigint): Uint8Array {
  return encode(UnsignedPublicKey, {
    createdNs,
    union: { $case: 'secp256k1Uncompressed', value: { bytes: publicKey } },
  })
}

function parseKeyBytes(keyBytes: Uint8Array): UnsignedKey {
  const { createdNs, union } = decode(UnsignedPublicKey, keyBytes, 'UnsignedPublicKey')
  const publicKey = union?.value.bytes
  if (publicKey?.length !== publicKeyBytes || publicKey[0] !== 0x04) {
    throw malformedKey('key', 'another encoding')
  }
  const isFromLegacy = createdNs < firstNativeNs
  return {
    keyBytes,
    publicKey: new Uint8Array(publicKey),
    createdNs: isFromLegacy ? createdNs * nsPerMs : createdNs,
    isFromLegacy,
  }
}

function malformedKey(what: string, found: string): CodecError {
  return new CodecError(
    'identity/malformed-key',
    `Read public ${what}: found ${found}, wanted an uncompressed secp256k1 key of ${publicKeyBytes} bytes`,
  )
}
