// Which checker checks which kind of vector.

import type { Checker } from './checker.ts'
import { authToken } from './kinds/auth-token.ts'
import { consentProof } from './kinds/consent-proof.ts'
import { contactDecode } from './kinds/contact-decode.ts'
import { encryptedPrivateKeyBundle } from './kinds/encrypted-private-key-bundle.ts'
import { identity } from './kinds/identity.ts'
import { topics } from './kinds/topics.ts'

/** Checkers by kind. */
export const checkers: Readonly<Record<string, Checker>> = {
  auth_token: authToken,
  consent_proof: consentProof,
  contact_decode: contactDecode,
  encrypted_private_key_bundle: encryptedPrivateKeyBundle,
  identity,
  topics,
}
