// Contact bundles: a public key bundle as it is advertised on an account's contact topic.

import { CodecError, ProtocolError } from '@posthorn/errors'
import { ContactBundle as ContactBundleWire, decode, encode } from '@posthorn/wire'
import type { CheckCrypto } from './check-crypto.ts'
import {
  decodeKeyBundleV1,
  keyBundleFromWireV1,
  keyBundleFromWireV2,
  keyBundleToWireV1,
  keyBundleToWireV2,
  type PublicKeyBundle,
  verifyKeyBundle,
} from './key-bundle.ts'

/** A public key bundle and the version under which it was advertised. */
export type ContactBundle = {
  readonly version: 'v1' | 'v2'
  readonly keyBundle: PublicKeyBundle
}

/** A contact bundle whose chain of signatures holds, and the address it leads to. */
export type VerifiedContactBundle = ContactBundle & { readonly address: string }

/**
 * Bytes to publish on a contact topic.
 *
 * @throws ValidationError `identity/not-legacy` for version 1 of keys that were not made as V1 keys
 */
export function encodeContactBundle({ version, keyBundle }: ContactBundle): Uint8Array {
  if (version === 'v1') {
    const value = { keyBundle: keyBundleToWireV1(keyBundle) }
    return encode(ContactBundleWire, { version: { $case: 'v1', value } })
  }
  const value = { keyBundle: keyBundleToWireV2(keyBundle) }
  return encode(ContactBundleWire, { version: { $case: 'v2', value } })
}

/**
 * The contact bundle of bytes from a contact topic. The oldest clients published the V1 key bundle with
 * nothing around it: that reads as version 1. Decoded is not verified: see {@link verifyContactBundle}.
 *
 * @throws CodecError `identity/malformed-contact`, `identity/malformed-key`,
 * `identity/malformed-signature`, `wire/malformed`
 */
export function decodeContactBundle(bytes: Uint8Array): ContactBundle {
  try {
    return decodeVersioned(bytes)
  } catch (error) {
    const keyBundle = tryDecodeBare(bytes)
    if (keyBundle === undefined) throw error
    return { version: 'v1', keyBundle }
  }
}

/**
 * Decodes a contact bundle and checks its chain of signatures. Whether the address is the one whose topic
 * this came from is for the caller to compare.
 *
 * @throws CodecError as {@link decodeContactBundle};
 * VerificationError `identity/pre-key-not-signed`, `crypto/bad-signature`
 */
export function verifyContactBundle(crypto: CheckCrypto, bytes: Uint8Array): VerifiedContactBundle {
  const contact = decodeContactBundle(bytes)
  return { ...contact, address: verifyKeyBundle(crypto, contact.keyBundle) }
}

function decodeVersioned(bytes: Uint8Array): ContactBundle {
  const { version } = decode(ContactBundleWire, bytes, 'ContactBundle')
  switch (version?.$case) {
    case 'v1':
      return { version: 'v1', keyBundle: keyBundleFromWireV1(version.value.keyBundle) }
    case 'v2':
      return { version: 'v2', keyBundle: keyBundleFromWireV2(version.value.keyBundle) }
    default:
      throw new CodecError(
        'identity/malformed-contact',
        'Read contact bundle: found no version that is known, wanted 1 or 2',
      )
  }
}

function tryDecodeBare(bytes: Uint8Array): PublicKeyBundle | undefined {
  try {
    return decodeKeyBundleV1(bytes)
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}
