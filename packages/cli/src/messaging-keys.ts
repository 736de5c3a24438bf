import type { BackedUpKeys } from '@posthorn/keystore/backup'
import type { Context } from './context.ts'
import { readKeyFile, secretOf } from './key-file.ts'
import { openClient, passphraseOf } from './open-client.ts'

/**
 * The messaging keys of the account: those in the key file, or those that the network keeps for its private key,
 * which are made if there are none.
 *
 * @throws what `readKeyFile`, `secretOf` and `openClient` throw
 */
export async function messagingKeysOf(context: Context): Promise<BackedUpKeys> {
  const file = await readKeyFile(context.keyPath)
  if ('messagingKeys' in file || 'sealedMessagingKeys' in file) {
    const { bytes } = await secretOf(file, () => passphraseOf(context))
    return { keys: bytes, address: file.address }
  }
  await using client = await openClient(context)
  return { keys: await client.exportKeys(), address: client.address }
}
