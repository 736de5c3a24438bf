// Advertising the account's keys.

import { contactTopic } from '@posthorn/envelope'
import { encodeContactBundle, equalKeyBundles } from '@posthorn/identity'
import { findContacts } from './find-contact.ts'
import type { ClientParts } from './parts.ts'

/** Publishes the account's contact in one of its forms. */
export async function publishContact(
  { apiClient, keystore }: Pick<ClientParts, 'apiClient' | 'keystore'>,
  version: 'v1' | 'v2',
): Promise<void> {
  const { address, keyBundle } = keystore
  const message = encodeContactBundle({ version, keyBundle })
  await apiClient.publish([{ contentTopic: contactTopic(address), message }])
}

/** Publishes the V1 form unless the newest contact is a V2 one of the same keys. */
export async function publishLegacyContact(parts: ClientParts): Promise<void> {
  const { keystore, crypto, apiClient } = parts
  const { address, keyBundle } = keystore
  const [newest] = await findContacts({ crypto, transport: apiClient.transport }, [address])
  if (newest?.version === 'v2' && equalKeyBundles(newest.keyBundle, keyBundle)) return
  await publishContact(parts, 'v1')
}
