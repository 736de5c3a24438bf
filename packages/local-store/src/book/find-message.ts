import { presentIn, recordOf } from '../cells/cell-reads.ts'
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
  // Where an index leads may lie a record of another kind.
  if (stored?.message?.id === id) return stored.message
  // Removed between the two reads, or led astray.
  if ((await vault.get([index]))[0] === undefined) return undefined
  throw corruptError('an index leads to no message or to another one')
}

/** Those of some messages that are there, in no order; damaged ones are left out. */
export async function findMessages(
  { vault, keys }: Reading,
  ids: readonly string[],
): Promise<readonly LocalMessage[]> {
  const wanted = new Set(ids)
  const places = await vault.get([...wanted].map((id) => keys.named('index', id)))
  const cells = await vault.get(places.flatMap((each) => (presentIn(each) as string) ?? []))
  return cells.flatMap((cell) => {
    const message = (presentIn(cell) as StoredMessage | undefined)?.message
    return message !== undefined && wanted.has(message.id) ? [message] : []
  })
}
