// An account with keys, a contact bundle and tokens, made by the real parts.

import { type Crypto, loadCrypto } from '@posthorn/crypto'
import { contactTopic } from '@posthorn/envelope'
import {
  authorizationHeader,
  createAuthToken,
  createKeyBundle,
  createLocalSigner,
  encodeContactBundle,
  type PrivateKeyBundle,
  publicKeyBundleOf,
} from '@posthorn/identity'
import type { Envelope } from '@posthorn/wire'

/** An account of a test. */
export type TestAccount = {
  readonly address: string
  readonly keys: PrivateKeyBundle
  /** An `authorization` header with a token of that time. */
  authorization(createdNs: bigint): string
  /** A contact envelope of the account's keys. */
  contact(timestampNs: bigint, version?: 'v1' | 'v2'): Envelope
  /** The same account with other keys. */
  withNewKeys(createdMs: number): Promise<TestAccount>
}

/** Makes an account; accounts of the same number have the same address. */
export async function createTestAccount(number: number, createdMs: number): Promise<TestAccount> {
  const crypto = await loadCrypto()
  const privateKey = crypto.hash.sha256(Buffer.from(`account ${number}`))
  return accountOf(crypto, privateKey, createdMs)
}

async function accountOf(
  crypto: Crypto,
  privateKey: Uint8Array,
  createdMs: number,
): Promise<TestAccount> {
  const signer = createLocalSigner(crypto, privateKey)
  const keys = await createKeyBundle(crypto, { signer, createdMs })
  return {
    address: signer.address,
    keys,
    authorization: (createdNs) =>
      authorizationHeader(createAuthToken(crypto, { identityKey: keys.identityKey, createdNs })),
    contact: (timestampNs, version = 'v2') => ({
      contentTopic: contactTopic(signer.address),
      timestampNs,
      message: encodeContactBundle({ version, keyBundle: publicKeyBundleOf(keys) }),
    }),
    withNewKeys: (laterMs) => accountOf(crypto, privateKey, laterMs),
  }
}
