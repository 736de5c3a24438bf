// The public keys that accounts advertise, in the two forms that they have on the wire.

import {
  type ContactBundle,
  decodeContactBundle as decode,
  decodeKeyBundleV1,
  decodeKeyBundleV2,
  encodeKeyBundleV1,
  encodeKeyBundleV2,
  equalKeyBundles,
  isLegacyKeyBundle,
  type PublicKeyBundle as KeyBundle,
  type SignedPublicKey as PublicKeyData,
  recoverIdentityAddress,
} from '@posthorn/identity'
import { portableCrypto } from './portable-crypto.ts'

/** An account's public keys in their V1 form. */
export class PublicKeyBundle {
  readonly keyBundle: KeyBundle

  constructor(keyBundle: KeyBundle) {
    this.keyBundle = keyBundle
  }

  /** @throws CodecError for bytes that are no bundle */
  static fromBytes(bytes: Uint8Array): PublicKeyBundle {
    return new PublicKeyBundle(decodeKeyBundleV1(bytes))
  }

  /** What an application may want to know of the key that the wallet signed. */
  get identityKey(): PublicKeyData {
    return this.keyBundle.identityKey
  }

  get preKey(): PublicKeyData {
    return this.keyBundle.preKey
  }

  /** The account, in EIP-55 form. @throws VerificationError `crypto/bad-signature` */
  walletSignatureAddress(): string {
    return recoverIdentityAddress(portableCrypto(), this.identityKey)
  }

  equals(other: PublicKeyBundle): boolean {
    return equalKeyBundles(this.keyBundle, other.keyBundle)
  }

  /** @throws ValidationError `identity/not-legacy` */
  toBytes(): Uint8Array {
    return encodeKeyBundleV1(this.keyBundle)
  }
}

/** An account's public keys in their V2 form. */
export class SignedPublicKeyBundle {
  readonly keyBundle: KeyBundle

  constructor(keyBundle: KeyBundle) {
    this.keyBundle = keyBundle
  }

  /** @throws CodecError for bytes that are no bundle */
  static fromBytes(bytes: Uint8Array): SignedPublicKeyBundle {
    return new SignedPublicKeyBundle(decodeKeyBundleV2(bytes))
  }

  static fromLegacyBundle({ keyBundle }: PublicKeyBundle): SignedPublicKeyBundle {
    return new SignedPublicKeyBundle(keyBundle)
  }

  get identityKey(): PublicKeyData {
    return this.keyBundle.identityKey
  }

  get preKey(): PublicKeyData {
    return this.keyBundle.preKey
  }

  /** The account, in EIP-55 form. @throws VerificationError `crypto/bad-signature` */
  async walletSignatureAddress(): Promise<string> {
    return recoverIdentityAddress(portableCrypto(), this.identityKey)
  }

  equals(other: SignedPublicKeyBundle): boolean {
    return equalKeyBundles(this.keyBundle, other.keyBundle)
  }

  /** Whether the keys have a V1 form too. */
  isFromLegacyBundle(): boolean {
    return isLegacyKeyBundle(this.keyBundle)
  }

  toLegacyBundle(): PublicKeyBundle {
    return new PublicKeyBundle(this.keyBundle)
  }

  toBytes(): Uint8Array {
    return encodeKeyBundleV2(this.keyBundle)
  }
}

/** The bundle of an advertisement, in the form that it was advertised in. */
export function bundleOf({
  version,
  keyBundle,
}: ContactBundle): PublicKeyBundle | SignedPublicKeyBundle {
  return version === 'v1' ? new PublicKeyBundle(keyBundle) : new SignedPublicKeyBundle(keyBundle)
}

/** The keys of bytes from a contact topic. Not verified. @throws CodecError for bytes that are no bundle */
export function decodeContactBundle(bytes: Uint8Array): PublicKeyBundle | SignedPublicKeyBundle {
  return bundleOf(decode(bytes))
}
