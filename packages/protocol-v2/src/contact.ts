// Contacts: how an account makes its public keys known, and how others find them.

import type { VerifyCrypto } from '@posthorn/crypto'
import { contactTopic, type Envelope } from '@posthorn/envelope'
import { ProtocolError } from '@posthorn/errors'
import {
  encodeContactBundle,
  isLegacyKeyBundle,
  type PublicKeyBundle,
  type VerifiedContactBundle,
  verifyContactBundle,
} from '@posthorn/identity'

/** What {@link contactEnvelopes} takes. */
export type ContactEnvelopesInput = {
  /** In EIP-55 form. */
  readonly address: string
  readonly keyBundle: PublicKeyBundle
  readonly nowNs: bigint
}

/**
 * The envelopes that advertise an account: its V1 form for clients that know no other, when it has one, and
 * its V2 form, a nanosecond newer so that it is found first.
 */
export function contactEnvelopes(input: ContactEnvelopesInput): readonly Envelope[] {
  const { address, keyBundle, nowNs } = input
  const contentTopic = contactTopic(address)
  const versions = isLegacyKeyBundle(keyBundle) ? (['v1', 'v2'] as const) : (['v2'] as const)
  return versions.map((version, index) => ({
    contentTopic,
    timestampNs: nowNs + BigInt(index),
    message: encodeContactBundle({ version, keyBundle }),
  }))
}

/**
 * The newest contact that really is of an address, or undefined. Anybody may have filed rows on the topic of
 * an account, so rows that are malformed or of another account are passed over.
 */
export function newestContact(
  crypto: VerifyCrypto,
  address: string,
  rows: readonly Envelope[],
): VerifiedContactBundle | undefined {
  for (const { message } of [...rows].sort(newestFirst)) {
    const contact = tryVerify(crypto, message)
    if (contact?.address === address) return contact
  }
  return undefined
}

function newestFirst(a: Envelope, b: Envelope): number {
  if (a.timestampNs === b.timestampNs) return 0
  return a.timestampNs > b.timestampNs ? -1 : 1
}

function tryVerify(crypto: VerifyCrypto, message: Uint8Array): VerifiedContactBundle | undefined {
  try {
    return verifyContactBundle(crypto, message)
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}
