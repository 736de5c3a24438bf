// What an account's owner does about its keys: looking after them, locking them, changing
// them, and what follows from them.

import { UsageError } from '@posthorn/errors'
import type { LockingKeystore } from '@posthorn/keystore'
import type { CallOptions } from '@posthorn/transport'
import type { Client } from './client.ts'
import { contactAlarm } from './contact-alarm.ts'
import { internalsOf } from './internals.ts'
import type { OwnKeyAlarm } from './key-alarm.ts'

export type { OwnKeyAlarm } from './key-alarm.ts'
export { rotateKeys } from './rotate-keys.ts'
export { type StoreAccount, storeAccountOf, storeKeyOf } from './store-key.ts'

/**
 * Looks on the network for signs that somebody else has, or gives out, keys of the account. What lies on the
 * private store topic can be judged only with a vault, which remembers what lay there.
 */
export async function checkKeys(
  client: Client,
  options?: CallOptions,
): Promise<readonly OwnKeyAlarm[]> {
  const { keystore, contacts, checkRecord } = internalsOf(client).context
  const { address, keyBundle } = keystore
  contacts.forget(address)
  const contact = await contacts.find(address, options)
  const kind = contact && contactAlarm(contact.keyBundle, keyBundle)
  const record = await checkRecord?.()
  return [...(record ? [record] : []), ...(kind ? [{ kind, address }] : [])]
}

/**
 * Wipes the keys of a client with `autoLock` from memory now, for instance when its window is hidden.
 *
 * @throws UsageError `client/no-auto-lock`
 */
export function lockKeys(client: Client): void {
  const { keystore } = internalsOf(client).context
  if (!isLocking(keystore)) {
    throw new UsageError('client/no-auto-lock', 'Lock keys: expected a client with autoLock')
  }
  keystore.lock()
}

function isLocking(keystore: object): keystore is LockingKeystore {
  return 'lock' in keystore
}
