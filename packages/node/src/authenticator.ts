// Who publishes: the account that a token proves, checked once per token and remembered.

import { hash } from 'node:crypto'
import type { VerifyCrypto } from '@posthorn/crypto/verify'
import { checkAuthTokenAge, verifyAuthorizationHeader } from '@posthorn/identity/verify'
import type { Clock } from './clock.ts'

/** Proves accounts from `authorization` headers. */
export type Authenticator = {
  /**
   * Address of the account, in EIP-55 form. `onUnknown` is called before a token is checked for the first
   * time, which takes long; what it throws refuses the token.
   *
   * @throws VerificationError `identity/token-missing`, `identity/token-malformed`,
   * `identity/token-invalid`, `identity/token-expired`, `identity/token-from-future`
   */
  authenticate(authorization: string | undefined, onUnknown?: () => void): string
}

type RememberedToken = { readonly address: string; readonly createdNs: bigint }

const maxRemembered = 16_384

/** Creates an authenticator. Its memory is bounded: the oldest tokens are checked anew. */
export function createAuthenticator(crypto: VerifyCrypto, clock: Clock): Authenticator {
  // Keyed by a hash, so that no token can be read out of the node's memory.
  const remembered = new Map<string, RememberedToken>()

  const remember = (key: string, token: RememberedToken): void => {
    remembered.set(key, token)
    if (remembered.size <= maxRemembered) return
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest)
      return
    }
  }

  return {
    authenticate: (authorization, onUnknown) => {
      const nowNs = clock.nowNs()
      const key = hash('sha256', authorization ?? '', 'base64url')
      const known = remembered.get(key)
      if (known !== undefined) {
        checkAuthTokenAge(known, nowNs)
        return known.address
      }
      onUnknown?.()
      const { address, createdNs } = verifyAuthorizationHeader(crypto, authorization, nowNs)
      remember(key, { address, createdNs })
      return address
    },
  }
}
