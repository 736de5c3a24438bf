// Where messages are exported from and imported to.

import {
  followSqliteStore,
  openPostgresStore,
  openSqliteStore,
  type Store,
  type StoredEnvelope,
} from '@posthorn/store'
import type { Command } from 'commander'
import { systemTimers } from '../system-timers.ts'
import { dataOf } from './admin-place.ts'
import { checkStoreIn } from './store-work.ts'

/** The options by which a store is named; without them the environment does, its database first. */
export type TransferOptions = {
  readonly data?: string | undefined
  readonly databaseUrl?: string | undefined
}

/** Something to read everything from. */
export type Source = AsyncDisposable & { scan(): AsyncIterable<StoredEnvelope> }

const page = { limit: 256, maxBytes: 4 * 1024 * 1024 }

/** Gives a command the options of {@link TransferOptions}. */
export function addTransferOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'folder of the embedded store (env POSTHORN_DATA)')
    .option('--database-url <url>', 'postgres://… instead (env POSTHORN_DATABASE_URL)')
}

/** Opens a store for reading; a node may run on it. @throws StorageError */
export async function openSource(options: TransferOptions): Promise<Source> {
  const database = databaseOf(options)
  if (database !== undefined) return openDatabase(database)
  const data = dataOf(options)
  checkStoreIn(data)
  const followed = followSqliteStore(data)
  return {
    scan: async function* () {
      const { lastSequence } = await followed.counts()
      for (let afterSequence = 0; afterSequence < lastSequence; ) {
        const rows = await followed.tail({ ...page, afterSequence })
        if (rows.length === 0) return
        for (const row of rows) if (row.sequence <= lastSequence) yield row
        afterSequence = rows.at(-1)?.sequence ?? lastSequence
      }
    },
    [Symbol.asyncDispose]: () => followed[Symbol.asyncDispose](),
  }
}

/** Opens a store for writing, or makes one; on an embedded one no node may run. @throws StorageError */
export function openTarget(options: TransferOptions): Promise<Store> {
  const database = databaseOf(options)
  if (database !== undefined) return openDatabase(database)
  return openSqliteStore({ directory: dataOf(options) })
}

function databaseOf({ data, databaseUrl }: TransferOptions): string | undefined {
  if (databaseUrl !== undefined || data !== undefined) return databaseUrl
  return process.env['POSTHORN_DATABASE_URL'] || undefined
}

function openDatabase(url: string): Promise<Store> {
  return openPostgresStore({ url, timers: systemTimers })
}
