// The key of an account's local store, which follows from its keys: nothing more has to be kept anywhere.

import { toUtf8 } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import type { Client } from './client.ts'
import { internalsOf } from './internals.ts'

/** What a local store asks to know of the account whose store it is. */
export type StoreAccount = {
  readonly crypto: Crypto
  /** Secret, 32 bytes; see {@link storeKeyOf}. */
  readonly key: Uint8Array
  /** Name of the network, as `createClient` was given it; by default the (first) url. */
  readonly network: string
  /** In EIP-55 form. */
  readonly address: string
}

const salt = toUtf8('POSTHORN_LOCAL_STORE_KEY')
const keyBytes = 32

/**
 * The key of the account's local store, 32 bytes: the same on every start and device and with every pre-key,
 * another one for each account and each name of a network. It follows from the account's private identity key
 * and from nothing else, and takes no prompt; keys that live elsewhere stay there.
 *
 * @throws UsageError `keystore/closed`, `keystore/locked`, `client/not-a-client`; of a remote keystore also
 * AdmissionError `keystore/not-allowed` and TransportError `keystore/disconnected`
 */
export async function storeKeyOf(client: Client): Promise<Uint8Array> {
  const { crypto, keystore, network } = internalsOf(client).context
  // The one thing that every keystore derives for a name and that nobody else can: no log of this name is ever
  // kept, so its topic is known to nobody.
  const seed = await keystore.privateLogTopic(`local store key: ${network}`)
  const input = { secret: toUtf8(seed), salt, info: toUtf8(network), lengthBytes: keyBytes }
  return crypto.hash.hkdfSha256(input)
}

/**
 * All that the store of an account needs to know of it, for `openSqliteStore` and the others.
 *
 * @throws as {@link storeKeyOf}
 * @example
 * const store = await openSqliteStore({ directory: 'inbox', ...(await storeAccountOf(client)) })
 */
export async function storeAccountOf(client: Client): Promise<StoreAccount> {
  const { crypto, network } = internalsOf(client).context
  return { crypto, key: await storeKeyOf(client), network, address: client.address }
}
