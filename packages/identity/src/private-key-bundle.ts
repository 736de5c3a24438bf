// Private key bundles: everything that an account needs to speak, read and be found again.

import { equalConstantTime } from '@posthorn/bytes'
import type { Curve } from '@posthorn/crypto'
import { CodecError, ProtocolError, VerificationError } from '@posthorn/errors'
import { decode, encode, PrivateKeyBundleV1, PrivateKeyBundle as Versioned } from '@posthorn/wire'
import type { CheckCrypto } from './check-crypto.ts'
import { type PublicKeyBundle, recoverIdentityAddress } from './key-bundle.ts'
import {
  type PrivateKey,
  privateKeyFromWireV1,
  privateKeyFromWireV2,
  privateKeyToWireV1,
  privateKeyToWireV2,
} from './private-key.ts'
import { verifyPreKey } from './public-key.ts'

/** An account's private keys. */
export type PrivateKeyBundle = {
  readonly identityKey: PrivateKey
  /** Newest first: index 0 is the current one. */
  readonly preKeys: readonly [PrivateKey, ...PrivateKey[]]
}

/** How the bytes of a private key bundle said what they are. */
export type PrivateKeyBundleForm = 'v1' | 'v2' | 'unversioned'

/** A private key bundle and the form that its bytes had. */
export type DecodedPrivateKeyBundle = {
  readonly form: PrivateKeyBundleForm
  readonly bundle: PrivateKeyBundle
}

/** What checking private keys takes. */
export type PrivateKeyCrypto = CheckCrypto & { readonly curve: Pick<Curve, 'publicKey'> }

/** The public half of a private bundle: its identity key and its current pre-key. */
export function publicKeyBundleOf(bundle: PrivateKeyBundle): PublicKeyBundle {
  return { identityKey: bundle.identityKey.public, preKey: bundle.preKeys[0].public }
}

/**
 * Bytes of a private bundle in its V1 form, the one that is stored on the network.
 *
 * @throws ValidationError `identity/not-legacy`
 */
export function encodePrivateKeyBundleV1(bundle: PrivateKeyBundle): Uint8Array {
  const value = {
    identityKey: privateKeyToWireV1(bundle.identityKey),
    preKeys: bundle.preKeys.map(privateKeyToWireV1),
  }
  return encode(Versioned, { version: { $case: 'v1', value } })
}

/**
 * Bytes of a private bundle in its V2 form.
 *
 * @throws ValidationError `identity/time-out-of-range`
 */
export function encodePrivateKeyBundleV2(bundle: PrivateKeyBundle): Uint8Array {
  const value = {
    identityKey: privateKeyToWireV2(bundle.identityKey, 'identity'),
    preKeys: bundle.preKeys.map((key) => privateKeyToWireV2(key, 'pre-key')),
  }
  return encode(Versioned, { version: { $case: 'v2', value } })
}

/**
 * A private bundle of its bytes: V1, V2, or the V1 form of old clients that had no version around it.
 * Decoded is not verified: see {@link verifyPrivateKeyBundle}.
 *
 * @throws CodecError `identity/malformed-private-key`, `identity/malformed-key`,
 * `identity/malformed-signature`, `wire/malformed`
 */
export function decodePrivateKeyBundle(bytes: Uint8Array): DecodedPrivateKeyBundle {
  try {
    return decodeVersioned(bytes)
  } catch (error) {
    const bundle = tryDecodeUnversioned(bytes)
    if (bundle === undefined) throw error
    return { form: 'unversioned', bundle }
  }
}

/**
 * Checks a private bundle and returns the address it speaks for: each secret belongs to its public key,
 * every pre-key is signed by the identity key, the identity key by the wallet of that address.
 *
 * @throws VerificationError `identity/key-mismatch`, `identity/pre-key-not-signed`, `crypto/bad-signature`;
 * ValidationError `crypto/bad-private-key`
 */
export function verifyPrivateKeyBundle(crypto: PrivateKeyCrypto, bundle: PrivateKeyBundle): string {
  for (const key of [bundle.identityKey, ...bundle.preKeys]) checkPair(crypto, key)
  for (const key of bundle.preKeys) verifyPreKey(crypto, key.public, bundle.identityKey.public)
  return recoverIdentityAddress(crypto, bundle.identityKey.public)
}

function decodeVersioned(bytes: Uint8Array): DecodedPrivateKeyBundle {
  const { version } = decode(Versioned, bytes, 'PrivateKeyBundle')
  switch (version?.$case) {
    case 'v1':
      return { form: 'v1', bundle: bundleOfV1(version.value) }
    case 'v2': {
      const identityKey = privateKeyFromWireV2(version.value.identityKey, 'identity')
      const preKeys = version.value.preKeys.map((key) => privateKeyFromWireV2(key, 'pre-key'))
      return { form: 'v2', bundle: { identityKey, preKeys: atLeastOne(preKeys) } }
    }
    default:
      throw malformed('no version')
  }
}

function tryDecodeUnversioned(bytes: Uint8Array): PrivateKeyBundle | undefined {
  try {
    return bundleOfV1(decode(PrivateKeyBundleV1, bytes, 'PrivateKeyBundleV1'))
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

function bundleOfV1(wire: PrivateKeyBundleV1): PrivateKeyBundle {
  const identityKey = privateKeyFromWireV1(wire.identityKey, 'identity')
  const preKeys = wire.preKeys.map((key) => privateKeyFromWireV1(key, 'pre-key'))
  return { identityKey, preKeys: atLeastOne(preKeys) }
}

function atLeastOne(preKeys: readonly PrivateKey[]): PrivateKeyBundle['preKeys'] {
  const [current, ...older] = preKeys
  if (current === undefined) throw malformed('no pre-key')
  return [current, ...older]
}

function checkPair(crypto: PrivateKeyCrypto, key: PrivateKey): void {
  if (!equalConstantTime(crypto.curve.publicKey(key.secret), key.public.publicKey)) {
    throw new VerificationError(
      'identity/key-mismatch',
      'Verify private key: found the public key of another secret, wanted its own',
    )
  }
}

function malformed(found: string): CodecError {
  return new CodecError(
    'identity/malformed-private-key',
    `Read private key bundle: found ${found}, wanted a version and at least one pre-key`,
  )
}
