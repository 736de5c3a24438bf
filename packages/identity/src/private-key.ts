// Private keys: a secret and the signed public key that goes with it.

import { CodecError, ValidationError } from '@posthorn/errors'
import type { PrivateKey as PrivateKeyV1, SignedPrivateKey as PrivateKeyV2 } from '@posthorn/wire'
import {
  type KeyRole,
  publicKeyFromWireV1,
  publicKeyFromWireV2,
  publicKeyToWireV1,
  publicKeyToWireV2,
  type SignedPublicKey,
} from './public-key.ts'

/** Bytes of a private key's secret. */
export const secretBytes = 32

// A 64-bit field holds times up to the year 2554.
const maxCreatedNs = 2n ** 64n - 1n

/** A private key. The secret is 32 bytes, to be wiped by its owner when done. */
export type PrivateKey = {
  readonly secret: Uint8Array
  readonly public: SignedPublicKey
}

/**
 * The V1 wire form of a private key.
 *
 * @throws ValidationError `identity/not-legacy`
 */
export function privateKeyToWireV1(key: PrivateKey): PrivateKeyV1 {
  const publicKey = publicKeyToWireV1(key.public)
  return {
    timestamp: publicKey.timestamp,
    union: { $case: 'secp256k1', value: { bytes: key.secret } },
    publicKey,
  }
}

/**
 * A private key of its V1 wire form; the secret is a copy.
 *
 * @throws CodecError `identity/malformed-private-key`, `identity/malformed-key`, `identity/malformed-signature`
 */
export function privateKeyFromWireV1(key: PrivateKeyV1 | undefined, role: KeyRole): PrivateKey {
  return {
    secret: copySecret(key?.union?.value.bytes),
    public: publicKeyFromWireV1(key?.publicKey, role),
  }
}

/**
 * The V2 wire form of a private key.
 *
 * @throws ValidationError `identity/time-out-of-range`
 */
export function privateKeyToWireV2(key: PrivateKey, role: KeyRole): PrivateKeyV2 {
  if (key.public.createdNs > maxCreatedNs) {
    throw new ValidationError(
      'identity/time-out-of-range',
      'Encode private key: found a creation time beyond 64 bits of nanoseconds, wanted an earlier one',
    )
  }
  return {
    createdNs: key.public.createdNs,
    union: { $case: 'secp256k1', value: { bytes: key.secret } },
    publicKey: publicKeyToWireV2(key.public, role),
  }
}

/**
 * A private key of its V2 wire form; the secret is a copy.
 *
 * @throws CodecError `identity/malformed-private-key`, `identity/malformed-key`,
 * `identity/malformed-signature`, `wire/malformed`
 */
export function privateKeyFromWireV2(key: PrivateKeyV2 | undefined, role: KeyRole): PrivateKey {
  return {
    secret: copySecret(key?.union?.value.bytes),
    public: publicKeyFromWireV2(key?.publicKey, role),
  }
}

function copySecret(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes?.length !== secretBytes) {
    throw new CodecError(
      'identity/malformed-private-key',
      `Read private key: found ${bytes?.length ?? 'no'} bytes, wanted ${secretBytes}`,
    )
  }
  return new Uint8Array(bytes)
}
