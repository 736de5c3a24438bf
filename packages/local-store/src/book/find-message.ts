import { recordOf } from '../cells/cell-reads.ts'
import { corruptError } from '../errors.ts'
import type { LocalMessage } from '../records.ts'
import type { StoredMessage } from './message-facts.ts'
import type { Reading } from './read-lists.ts'

/** A message by its id, or undefined. @throws StorageError `local-store/corrupt` */
export async function findMessage(
  { vault, keys }: Reading,
  id: string,
): Promise<LocalMessage | undefined> {
  const index = keys.named('index', id)
  const at = recordOf((await vault.get([index]))[0]) as string | undefined
  if (at === undefined) return undefined
  const stored = recordOf((await vault.get([at]))[0]) as StoredMessage | undefined
  if (stored?.message.id === id) return stored.message
  // Removed between the two reads, or led astray.
  if ((await vault.get([index]))[0] === undefined) return undefined
  throw corruptError('an index leads to no message or to another one')
}
