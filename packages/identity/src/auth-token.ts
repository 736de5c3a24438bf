// The token that a client presents when it publishes: its identity key, and a signature by that key over the
// account's address and the time.

import { toBase64 } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { AuthData, encode, Token } from '@posthorn/wire'
import { requireNs } from './check-time.ts'
import { recoverIdentityAddress } from './key-bundle.ts'
import type { PrivateKey } from './private-key.ts'
import { publicKeyToWireV1 } from './public-key.ts'
import { signatureToWire } from './signature.ts'

/** What {@link createAuthToken} takes. */
export type CreateAuthTokenOptions = {
  readonly identityKey: PrivateKey
  /** Now, in nanoseconds since 1970; nodes take the token for one hour from then. */
  readonly createdNs: bigint
}

/**
 * The bytes of a token.
 *
 * @throws ValidationError `identity/not-legacy` when the identity key has no V1 form;
 * UsageError `identity/bad-time`
 */
export function createAuthToken(
  crypto: Pick<Crypto, 'curve' | 'hash'>,
  { identityKey, createdNs }: CreateAuthTokenOptions,
): Uint8Array {
  requireNs(createdNs)
  const walletAddr = recoverIdentityAddress(crypto, identityKey.public)
  const authDataBytes = encode(AuthData, { walletAddr, createdNs })
  const digest = crypto.hash.keccak256(authDataBytes)
  return encode(Token, {
    identityKey: publicKeyToWireV1(identityKey.public),
    authDataBytes,
    authDataSignature: signatureToWire(crypto.curve.sign(digest, identityKey.secret)),
  })
}

/** The value of the `authorization` header that carries a token. */
export function authorizationHeader(token: Uint8Array): string {
  return `Bearer ${toBase64(token)}`
}
