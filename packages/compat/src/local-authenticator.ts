// Tokens for who publishes, made with an account's keys.

import { dateToNs, toBase64 } from '@posthorn/bytes'
import { systemClock } from '@posthorn/client'
import type { Keystore } from '@posthorn/protocol-v2'
import type { Authenticator } from './api-client.ts'

/** Makes tokens with the keys of a keystore. */
export function keystoreAuthenticator(keystore: Pick<Keystore, 'createAuthToken'>): Authenticator {
  return {
    createToken: async (timestamp = new Date(systemClock.nowMs())) => {
      const token = await keystore.createAuthToken(dateToNs(timestamp))
      return { toBase64: () => toBase64(token) }
    },
  }
}
