// The secret that two accounts share: three Diffie-Hellman points of their identity keys and pre-keys.

import { concatBytes, wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { NotFoundError } from '@posthorn/errors'
import {
  equalPublicKeys,
  type PrivateKey,
  type PrivateKeyBundle,
  type PublicKeyBundle,
  type SignedPublicKey,
  verifyPreKey,
} from '@posthorn/identity'

const pointBytes = 65

/** What agreeing works with. */
export type AgreementCrypto = Pick<Crypto, 'curve' | 'hash'>

/** Which end of an exchange one is; it decides the order of the first two points. */
export type AgreementRole = 'sender' | 'recipient'

/** What {@link agreeOnSecret} takes. */
export type AgreementInput = {
  readonly identityKey: PrivateKey
  readonly preKey: PrivateKey
  readonly peer: PublicKeyBundle
  readonly role: AgreementRole
}

/**
 * The shared secret, 195 bytes, for the caller to wipe. The peer's pre-key must be signed by the peer's
 * identity key; whose identity that is, the caller checks.
 *
 * @throws VerificationError `identity/pre-key-not-signed`; ValidationError `crypto/bad-public-key`
 */
export function agreeOnSecret(crypto: AgreementCrypto, input: AgreementInput): Uint8Array {
  const { identityKey, preKey, peer, role } = input
  verifyPreKey(crypto, peer.preKey, peer.identityKey)
  const { sharedPoint } = crypto.curve
  const points = [
    sharedPoint(identityKey.secret, peer.preKey.publicKey),
    sharedPoint(preKey.secret, peer.identityKey.publicKey),
    sharedPoint(preKey.secret, peer.preKey.publicKey),
  ]
  const asSender = concatBytes(...points)
  wipe(...points)
  return role === 'sender' ? asSender : swapRole(asSender)
}

/** The secret of the same two accounts with their roles exchanged; overwrites and returns its argument. */
export function swapRole(secret: Uint8Array): Uint8Array {
  const first = secret.slice(0, pointBytes)
  secret.copyWithin(0, pointBytes, 2 * pointBytes)
  secret.set(first, pointBytes)
  wipe(first)
  return secret
}

/**
 * The private half of one of an account's pre-keys, found by key and signature.
 *
 * @throws NotFoundError `keystore/no-matching-pre-key`
 */
export function findPreKey(bundle: PrivateKeyBundle, preKey: SignedPublicKey): PrivateKey {
  const found = bundle.preKeys.find((candidate) => equalPublicKeys(candidate.public, preKey))
  if (found !== undefined) return found
  throw new NotFoundError(
    'keystore/no-matching-pre-key',
    'Find pre-key: the one that is named is none of this account’s',
  )
}
