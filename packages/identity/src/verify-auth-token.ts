// Checking the token of a publishing client. The order of the checks and the words of their refusals are
// those that clients of the network know.

import { fromBase64 } from '@posthorn/bytes'
import { ProtocolError, VerificationError } from '@posthorn/errors'
import { AuthData, decode, Token } from '@posthorn/wire'
import type { CheckCrypto } from './check-crypto.ts'
import { recoverIdentityAddress } from './key-bundle.ts'
import { publicKeyFromWireV1, type SignedPublicKey } from './public-key.ts'
import { signatureFromWire } from './signature.ts'

const nsPerMinute = 60_000_000_000n

/** Most characters of an `authorization` header; a token's take less than 500. */
export const maxAuthorizationChars = 2048
/** How long a token is good for, in nanoseconds: one hour. */
export const authTokenLifetimeNs: bigint = 60n * nsPerMinute
/** How far ahead of the node's clock a token's may be, in nanoseconds: five minutes. */
export const maxAuthTokenSkewNs: bigint = 5n * nsPerMinute

const scheme = 'Bearer'
// The word may be part of a secret that landed in the wrong place.
const maxShownSchemeChars = 16

/** What a token that holds says. */
export type VerifiedAuthToken = {
  /** Address, in EIP-55 form, of the account that publishes. */
  readonly address: string
  readonly createdNs: bigint
  readonly identityKey: SignedPublicKey
}

/**
 * Checks the `authorization` header of a publish. Equal headers give equal results apart from their age, so
 * a caller may remember the result by the header and then only {@link checkAuthTokenAge}.
 *
 * @param header value of the header, or undefined when there was none
 * @throws VerificationError `identity/token-missing`, `identity/token-malformed`, `identity/token-invalid`,
 * `identity/token-expired`, `identity/token-from-future`
 */
export function verifyAuthorizationHeader(
  crypto: CheckCrypto,
  header: string | undefined,
  nowNs: bigint,
): VerifiedAuthToken {
  const token = extractToken(header)
  const verified = validateToken(crypto, token)
  checkAuthTokenAge(verified, nowNs)
  return verified
}

/**
 * Checks that a token is at most one hour old and at most five minutes ahead of the clock.
 *
 * @throws VerificationError `identity/token-expired`, `identity/token-from-future`
 */
export function checkAuthTokenAge(
  { createdNs }: Pick<VerifiedAuthToken, 'createdNs'>,
  nowNs: bigint,
): void {
  if (nowNs - createdNs > authTokenLifetimeNs) {
    throw new VerificationError('identity/token-expired', 'validating token: token expired')
  }
  if (createdNs - nowNs > maxAuthTokenSkewNs) {
    throw new VerificationError(
      'identity/token-from-future',
      'validating token: token is from the future',
    )
  }
}

function extractToken(header: string | undefined): Token {
  const bytes = tokenBytes(header)
  const token = attempt('identity/token-malformed', 'extracting token', () =>
    decode(Token, fromBase64(bytes), 'Token'),
  )
  if (token.identityKey?.signature === undefined) {
    throw malformedToken('extracting token: missing identity key')
  }
  return token
}

function tokenBytes(header: string | undefined): string {
  if (header === undefined || header === '') {
    throw new VerificationError('identity/token-missing', 'authorization token is not provided')
  }
  const space = header.indexOf(' ')
  if (space < 0 || header.length > maxAuthorizationChars) {
    throw malformedToken('invalid authorization header')
  }
  const word = header.slice(0, space)
  if (word !== scheme) {
    const shown = word.slice(0, maxShownSchemeChars)
    throw malformedToken(`unrecognized authorization scheme ${shown}`)
  }
  return header.slice(space + 1).trim()
}

function validateToken(crypto: CheckCrypto, token: Token): VerifiedAuthToken {
  return attempt('identity/token-invalid', 'validating token', () => {
    const identityKey = publicKeyFromWireV1(token.identityKey, 'identity')
    const address = recoverIdentityAddress(crypto, identityKey)
    checkAuthSignature(crypto, token, identityKey)
    const { walletAddr, createdNs } = decode(AuthData, token.authDataBytes, 'AuthData')
    if (walletAddr !== address) {
      throw invalidToken('the wallet address is not the one that signed the identity key')
    }
    return { address, createdNs, identityKey }
  })
}

function checkAuthSignature(crypto: CheckCrypto, token: Token, identityKey: SignedPublicKey): void {
  const { compact } = signatureFromWire(token.authDataSignature)
  const digest = crypto.hash.keccak256(token.authDataBytes)
  if (!crypto.curve.verify(compact, digest, identityKey.publicKey)) {
    throw invalidToken('the signature is not by the identity key')
  }
}

function attempt<T>(code: string, action: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause
    throw new VerificationError(code, `${action}: ${cause.message}`, { cause })
  }
}

function malformedToken(message: string): VerificationError {
  return new VerificationError('identity/token-malformed', message)
}

function invalidToken(message: string): VerificationError {
  return new VerificationError('identity/token-invalid', message)
}
