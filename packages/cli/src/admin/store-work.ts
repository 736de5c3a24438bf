// Work on a store: by the admin API where a node runs on it, else on the store itself.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NotFoundError, ProtocolError } from '@posthorn/errors'
import { openSqliteStore, type Store } from '@posthorn/store'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { type AdminOptions, dataOf, findAdminPlace } from './admin-place.ts'
import { databaseName } from './copied-store.ts'

/** The same work, done in one of two ways. */
export type StoreWork<Result> = {
  readonly online: (client: AdminClient) => Promise<Result>
  readonly offline: (store: Store) => Promise<Result>
}

/**
 * Does the work.
 *
 * @throws NotFoundError `cli/no-store` when there is nothing to work on
 */
export async function workOnStore<Result>(
  options: AdminOptions,
  work: StoreWork<Result>,
): Promise<Result> {
  const place = findAdminPlace(options)
  if (place !== undefined) {
    try {
      return await work.online(createAdminClient(place))
    } catch (error) {
      // A node that was killed leaves its address behind.
      if (!isSilent(error) || options.adminUrl !== undefined) throw error
    }
  }
  const directory = dataOf(options)
  checkStoreIn(directory)
  await using store = await openSqliteStore({ directory })
  return await work.offline(store)
}

/** Refuses a folder that holds no store. @throws NotFoundError `cli/no-store` */
export function checkStoreIn(data: string): void {
  if (existsSync(join(data, databaseName))) return
  throw new NotFoundError('cli/no-store', `Open store: ${data} has none, expected ${databaseName}`)
}

function isSilent(error: unknown): boolean {
  return error instanceof ProtocolError && error.code === 'admin/unavailable'
}
