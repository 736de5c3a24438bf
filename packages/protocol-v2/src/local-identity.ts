// The account on whose behalf this program speaks.

import { equalBytes } from '@posthorn/bytes'
import type { PrivateKeyBundle, PublicKeyBundle } from '@posthorn/identity'

/** An account's private keys and the address they speak for. */
export type LocalIdentity = {
  /** In EIP-55 form; the caller has checked that the identity key is signed by it. */
  readonly address: string
  readonly keys: PrivateKeyBundle
}

/** Whether a public bundle is of this account, under whichever of its pre-keys. */
export function isOwnBundle(identity: LocalIdentity, bundle: PublicKeyBundle): boolean {
  return equalBytes(identity.keys.identityKey.public.publicKey, bundle.identityKey.publicKey)
}
