// What a node may call: checks that need public keys only. Nothing here leads to a message, an invitation or
// a key that opens one.

import type { VerifyCrypto } from '@posthorn/crypto/verify'
import { VerificationError } from '@posthorn/errors'
import { verifyContactBundle } from '@posthorn/identity/verify'

/** What {@link verifyContactEnvelope} takes. */
export type ContactEnvelopeInput = {
  /** The account that the contact topic is named after. */
  readonly owner: string
  /** The envelope's message bytes. */
  readonly message: Uint8Array
}

/** What a contact that was verified says. */
export type VerifiedContact = {
  /** In EIP-55 form. */
  readonly address: string
  readonly version: 'v1' | 'v2'
  /** When the identity key was made, in nanoseconds since 1970, as the account says. */
  readonly identityCreatedNs: bigint
  /** When the pre-key was made, in nanoseconds since 1970, as the account says. */
  readonly preKeyCreatedNs: bigint
}

/**
 * Checks what somebody files on a contact topic: the pre-key is signed by the identity key, and that by the
 * wallet of the topic's owner.
 *
 * @throws CodecError `identity/malformed-contact`, `identity/malformed-key`,
 * `identity/malformed-signature`, `wire/malformed`;
 * VerificationError `identity/pre-key-not-signed`, `crypto/bad-signature`, `contact/other-account`
 */
export function verifyContactEnvelope(
  crypto: Pick<VerifyCrypto, 'curve' | 'hash'>,
  { owner, message }: ContactEnvelopeInput,
): VerifiedContact {
  const { address, version, keyBundle } = verifyContactBundle(crypto, message)
  // The first clients named topics after addresses in lower case.
  if (address.toLowerCase() !== owner.toLowerCase()) {
    throw new VerificationError(
      'contact/other-account',
      'Verify contact: it is of another account than the one its topic is named after',
    )
  }
  const { identityKey, preKey } = keyBundle
  return {
    address,
    version,
    identityCreatedNs: identityKey.createdNs,
    preKeyCreatedNs: preKey.createdNs,
  }
}
