// Where messages are exported from and imported to.

import {
  followSqliteStore,
  openPostgresStore,
  type Store,
  type StoredEnvelope,
} from '@posthorn/store'
import type { Command } from 'commander'
import { systemTimers } from '../system-timers.ts'
import { dataOf } from './admin-place.ts'
import { openPresentStore } from './store-work.ts'

/** The options by which a store is named. */
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
    .option('--database-url <url>', 'postgres://… instead')
}

/** Opens a store for reading; a node may run on it. @throws StorageError */
export async function openSource(options: TransferOptions): Promise<Source> {
  if (options.databaseUrl !== undefined) return openDatabase(options.databaseUrl)
  const followed = followSqliteStore(dataOf(options))
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

/** Opens a store for writing; on an embedded one no node may run. @throws StorageError */
export function openTarget(options: TransferOptions): Promise<Store> {
  if (options.databaseUrl !== undefined) return openDatabase(options.databaseUrl)
  return openPresentStore(dataOf(options))
}

function openDatabase(url: string): Promise<Store> {
  return openPostgresStore({ url, timers: systemTimers })
}
