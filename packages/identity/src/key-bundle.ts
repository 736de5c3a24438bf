// Public key bundles, what an account tells the world: an identity key signed by the wallet, and a pre-key
// signed by the identity key.

import { toHex } from '@posthorn/bytes'
import {
  decode,
  encode,
  PublicKeyBundle as PublicKeyBundleV1,
  SignedPublicKeyBundle as PublicKeyBundleV2,
} from '@posthorn/wire'
import type { CheckCrypto } from './check-crypto.ts'
import {
  equalPublicKeys,
  publicKeyFromWireV1,
  publicKeyFromWireV2,
  publicKeyToWireV1,
  publicKeyToWireV2,
  type SignedPublicKey,
  verifyPreKey,
} from './public-key.ts'
import { recoverSigner } from './signature.ts'
import { createIdentityText } from './signature-text.ts'

/** An account's public keys. Decoded is not verified: see {@link verifyKeyBundle}. */
export type PublicKeyBundle = {
  readonly identityKey: SignedPublicKey
  readonly preKey: SignedPublicKey
}

/** The V2 wire form of a bundle. */
export function keyBundleToWireV2(bundle: PublicKeyBundle): PublicKeyBundleV2 {
  return {
    identityKey: publicKeyToWireV2(bundle.identityKey, 'identity'),
    preKey: publicKeyToWireV2(bundle.preKey, 'pre-key'),
  }
}

/**
 * A bundle of its V2 wire form.
 *
 * @throws CodecError `identity/malformed-key`, `identity/malformed-signature`, `wire/malformed`
 */
export function keyBundleFromWireV2(bundle: PublicKeyBundleV2 | undefined): PublicKeyBundle {
  return {
    identityKey: publicKeyFromWireV2(bundle?.identityKey, 'identity'),
    preKey: publicKeyFromWireV2(bundle?.preKey, 'pre-key'),
  }
}

/**
 * The V1 wire form of a bundle.
 *
 * @throws ValidationError `identity/not-legacy` when a key was not made as a V1 key
 */
export function keyBundleToWireV1(bundle: PublicKeyBundle): PublicKeyBundleV1 {
  return {
    identityKey: publicKeyToWireV1(bundle.identityKey),
    preKey: publicKeyToWireV1(bundle.preKey),
  }
}

/**
 * A bundle of its V1 wire form.
 *
 * @throws CodecError `identity/malformed-key`, `identity/malformed-signature`
 */
export function keyBundleFromWireV1(bundle: PublicKeyBundleV1 | undefined): PublicKeyBundle {
  return {
    identityKey: publicKeyFromWireV1(bundle?.identityKey, 'identity'),
    preKey: publicKeyFromWireV1(bundle?.preKey, 'pre-key'),
  }
}

/** Bytes of a bundle in its V2 wire form. */
export function encodeKeyBundleV2(bundle: PublicKeyBundle): Uint8Array {
  return encode(PublicKeyBundleV2, keyBundleToWireV2(bundle))
}

/**
 * A bundle of its bytes in V2 wire form.
 *
 * @throws CodecError `identity/malformed-key`, `identity/malformed-signature`, `wire/malformed`
 */
export function decodeKeyBundleV2(bytes: Uint8Array): PublicKeyBundle {
  return keyBundleFromWireV2(decode(PublicKeyBundleV2, bytes, 'SignedPublicKeyBundle'))
}

/**
 * Bytes of a bundle in its V1 wire form.
 *
 * @throws ValidationError `identity/not-legacy` when a key was not made as a V1 key
 */
export function encodeKeyBundleV1(bundle: PublicKeyBundle): Uint8Array {
  return encode(PublicKeyBundleV1, keyBundleToWireV1(bundle))
}

/**
 * A bundle of its bytes in V1 wire form.
 *
 * @throws CodecError `identity/malformed-key`, `identity/malformed-signature`, `wire/malformed`
 */
export function decodeKeyBundleV1(bytes: Uint8Array): PublicKeyBundle {
  return keyBundleFromWireV1(decode(PublicKeyBundleV1, bytes, 'PublicKeyBundle'))
}

/** Whether a bundle has a V1 form, because both keys were made as V1 keys. */
export function isLegacyKeyBundle(bundle: PublicKeyBundle): boolean {
  return bundle.identityKey.isFromLegacy && bundle.preKey.isFromLegacy
}

/** Whether two bundles have the same keys and signatures. */
export function equalKeyBundles(a: PublicKeyBundle, b: PublicKeyBundle): boolean {
  return equalPublicKeys(a.identityKey, b.identityKey) && equalPublicKeys(a.preKey, b.preKey)
}

/**
 * Name of exactly this bundle, 64 hex digits: the key under which a caller may remember that it was
 * verified. Two bundles share it only when they have the same keys and signatures.
 */
export function keyBundleId(crypto: CheckCrypto, bundle: PublicKeyBundle): string {
  return toHex(crypto.hash.sha256(encodeKeyBundleV2(bundle)))
}

/**
 * The address of the wallet that signed an identity key. A tampered key yields some other address.
 *
 * @throws VerificationError `crypto/bad-signature`
 */
export function recoverIdentityAddress(crypto: CheckCrypto, identityKey: SignedPublicKey): string {
  return recoverSigner(crypto, createIdentityText(identityKey.keyBytes), identityKey.signature)
}

/**
 * Checks the chain of a bundle and returns the address it speaks for: the pre-key is signed by the identity
 * key, the identity key by the wallet of that address.
 *
 * @throws VerificationError `identity/pre-key-not-signed`, `crypto/bad-signature`
 */
export function verifyKeyBundle(crypto: CheckCrypto, bundle: PublicKeyBundle): string {
  verifyPreKey(crypto, bundle.preKey, bundle.identityKey)
  return recoverIdentityAddress(crypto, bundle.identityKey)
}
