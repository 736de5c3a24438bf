// auth_token: an account and a time -> the token that its client publishes with.

import { toHex } from '@posthorn/bytes'
import { authorizationHeader, createAuthToken, verifyAuthorizationHeader } from '@posthorn/identity'
import { decode, Token } from '@posthorn/wire'
import type { Checker } from '../checker.ts'
import { integerField, objectField } from '../fields.ts'
import { readParty } from '../party.ts'
import { requireReproduced } from '../reproduce.ts'

/** Checks tokens, made and verified. */
export const authToken: Checker = {
  compute({ crypto, input }) {
    const { bundle, address } = readParty(crypto, objectField(input, 'owner'))
    const createdNs = integerField(input, 'created_ns')
    const token = createAuthToken(crypto, { identityKey: bundle.identityKey, createdNs })
    const header = authorizationHeader(token)
    const verified = verifyAuthorizationHeader(crypto, header, createdNs)
    requireReproduced('token address', verified.address, address)
    requireReproduced('token time', `${verified.createdNs}`, `${createdNs}`)
    const { authDataBytes } = decode(Token, token, 'Token')
    return {
      auth_data_bytes: toHex(authDataBytes),
      keccak256_digest_signed: toHex(crypto.hash.keccak256(authDataBytes)),
      token: toHex(token),
      authorization_header: header,
    }
  },
}
