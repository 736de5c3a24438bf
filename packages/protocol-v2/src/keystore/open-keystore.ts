// The three ways to come by a keystore: a new identity, the record on the network, or exported keys.

import type { Crypto } from '@posthorn/crypto'
import {
  createKeyBundle,
  decodePrivateKeyBundle,
  openKeyBundleRecord,
  type WalletSigner,
} from '@posthorn/identity'
import type { Keystore } from './keystore.ts'
import { createMemoryKeystore } from './memory-keystore.ts'

/** A keystore that came from the network. */
export type RestoredKeystore = {
  readonly keystore: Keystore
  /** Whether to publish `keystore.sealKeyBundle(signer)`, because the record is in an old encoding. */
  readonly needsRewrite: boolean
}

/** What {@link createKeystore} takes. */
export type CreateKeystoreInput = {
  readonly signer: WalletSigner
  /** Now, in milliseconds since 1970. */
  readonly nowMs: number
}

/** What {@link restoreKeystore} takes. */
export type RestoreKeystoreInput = {
  readonly signer: WalletSigner
  /** The newest message of the account's private store topic. */
  readonly record: Uint8Array
}

/**
 * A keystore with a new identity; asks the wallet for one signature.
 *
 * @throws as `createKeyBundle` of identity
 */
export async function createKeystore(
  crypto: Crypto,
  { signer, nowMs }: CreateKeystoreInput,
): Promise<Keystore> {
  return createMemoryKeystore(crypto, await createKeyBundle(crypto, { signer, createdMs: nowMs }))
}

/**
 * A keystore of the keys that the account keeps on the network; asks the wallet for one signature.
 *
 * @throws as `openKeyBundleRecord` of identity
 */
export async function restoreKeystore(
  crypto: Crypto,
  { signer, record }: RestoreKeystoreInput,
): Promise<RestoredKeystore> {
  const { bundle, needsRewrite } = await openKeyBundleRecord(crypto, { record, signer })
  return { keystore: createMemoryKeystore(crypto, bundle), needsRewrite }
}

/**
 * A keystore of exported keys.
 *
 * @throws as `decodePrivateKeyBundle` and `verifyPrivateKeyBundle` of identity
 */
export function importKeystore(crypto: Crypto, bytes: Uint8Array): Keystore {
  return createMemoryKeystore(crypto, decodePrivateKeyBundle(bytes).bundle)
}
