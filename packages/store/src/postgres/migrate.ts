// Brings the layout of a database up to date, one process at a time.

import { MessageChannel } from 'node:worker_threads'
import { StorageError } from '@posthorn/errors'
import { Client } from 'pg'
import { placeOf } from './database-url.ts'
import { layoutVersion, migrations } from './schema.ts'
import { isPassing, storageError } from './storage-error.ts'
import { pause, type StoreTimers } from './timers.ts'

/** What to wait for, and how long. */
export type MigrateOptions = {
  readonly url: string
  readonly timers: StoreTimers
  readonly timeoutMs: number
}

const pauseMs = 250
const oldestServer = 13
// "PHRN": whoever migrates holds the advisory lock of this number.
const lockNumber = 0x5048_524e

/**
 * Waits until the database answers, then makes what its layout lacks. A database that is refused is not
 * changed.
 *
 * @throws StorageError `store/unavailable`, `store/foreign`, `store/newer-version`, `store/unsupported`
 */
export async function migrate({ url, timers, timeoutMs }: MigrateOptions): Promise<void> {
  let isLate = false
  const deadline = timers.after(timeoutMs, () => {
    isLate = true
  })
  // Timers of the port never keep the process alive; this wait has to.
  const { port1 } = new MessageChannel()
  port1.on('message', () => undefined)
  try {
    for (;;) {
      const failure = await attempt(url)
      if (failure === undefined) return
      if (isLate || !isPassing(failure)) {
        throw storageError(`Open the database at ${placeOf(url)}`, failure)
      }
      await pause(timers, pauseMs)
    }
  } finally {
    deadline.cancel()
    port1.close()
  }
}

// What went wrong on the way to the database; what is wrong in it is thrown.
async function attempt(url: string): Promise<unknown> {
  const client = new Client({
    connectionString: url,
    application_name: 'posthorn',
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await update(client, placeOf(url))
    return undefined
  } catch (error) {
    if (error instanceof StorageError) throw error
    return error
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function update(client: Client, place: string): Promise<void> {
  await checkServer(client, place)
  if ((await layoutOf(client, place)) === layoutVersion) return
  await client.query('BEGIN')
  await client.query('SELECT pg_advisory_xact_lock($1)', [lockNumber])
  // Another node may have done it meanwhile.
  const layout = await layoutOf(client, place)
  for (const step of migrations.slice(layout)) await client.query(step)
  await client.query('UPDATE posthorn.head SET layout = $1', [layoutVersion])
  await client.query('COMMIT')
}

async function checkServer(client: Client, place: string): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version,
      current_setting('server_encoding') AS encoding`,
  )
  const { version = 0, encoding } = rows[0] ?? {}
  if (version >= oldestServer && encoding === 'UTF8') return
  throw new StorageError(
    'store/unsupported',
    `Open the database at ${place}: PostgreSQL ${version} with encoding ${encoding}, expected ${oldestServer} or newer with UTF8`,
  )
}

async function layoutOf(client: Client, place: string): Promise<number> {
  const { rows } = await client.query<{ tables: number; has_head: boolean }>(
    `SELECT count(*)::int AS tables, coalesce(bool_or(relname = 'head'), false) AS has_head
      FROM pg_class WHERE relnamespace = to_regnamespace('posthorn')`,
  )
  const { tables = 0, has_head: hasHead = false } = rows[0] ?? {}
  if (tables === 0) return 0
  if (!hasHead) throw foreign(place)
  const answer = await client.query<{ layout: number }>('SELECT layout FROM posthorn.head')
  const layout = answer.rows[0]?.layout ?? 0
  if (layout <= layoutVersion) return layout
  throw new StorageError(
    'store/newer-version',
    `Open the database at ${place}: layout version ${layout}, known up to ${layoutVersion}; use the newer release that wrote it`,
    { details: { version: layout } },
  )
}

function foreign(place: string): StorageError {
  return new StorageError(
    'store/foreign',
    `Open the database at ${place}: its schema posthorn belongs to another program; choose another database`,
  )
}
