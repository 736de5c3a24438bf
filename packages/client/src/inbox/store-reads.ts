// Reads of the store that damage does not stop: what cannot be read is put again.

import { StorageError } from '@posthorn/errors'
import type { LocalMessage, LocalStore } from '@posthorn/local-store'

/** A message of the store; undefined when there is none that can be read. */
export async function readMessageIn(
  store: LocalStore,
  id: string,
): Promise<LocalMessage | undefined> {
  try {
    return await store.message(id)
  } catch (error) {
    if (isDamage(error)) return undefined
    throw error
  }
}

/** Whether a read failed because the record is damaged. */
export function isDamage(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'local-store/corrupt'
}
