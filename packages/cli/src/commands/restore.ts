import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { StorageError, UsageError } from '@posthorn/errors'
import { logIdKey, openPostgresStore, type Store } from '@posthorn/store'
import { actorName } from '../admin/actor-name.ts'
import { type CopiedStore, copyStore, databaseName } from '../admin/copied-store.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { systemTimers } from '../system-timers.ts'

type RestoreOptions = { readonly data?: string; readonly databaseUrl?: string }

const help = `
The copy is looked through first; a folder that holds a store already is left alone. Stop the node, move its folder
away, restore, and start the node on the new folder.

A PostgreSQL database is brought back by its own tools, pg_restore for one. Then, before nodes start on it, name it
with --database-url: it is looked through, too.

What the node took after the copy was made is gone, and its places are taken by new messages. So the log gets a new
name: clients that go on where they were are told to look for what is missing first.

Examples:
  posthorn restore /backups/2026-11-23.posthorn --data /var/lib/posthorn
  posthorn restore --database-url postgres://localhost/posthorn`

/** `posthorn restore`: brings a backup back. */
export const declareRestore: DeclareCommand = (command, run) => {
  command
    .argument('[file]', 'a copy that posthorn backup made')
    .option('--data <dir>', 'folder for the store')
    .option('--database-url <url>', 'a database that its own tools have brought back')
    .addHelpText('after', help)
    .action((file: string | undefined, { data, databaseUrl }: RestoreOptions) =>
      run((context) => {
        if (databaseUrl !== undefined && file === undefined && data === undefined) {
          return nameDatabase(context, databaseUrl)
        }
        if (databaseUrl === undefined && file !== undefined && data !== undefined) {
          return restore(context, file, resolve(data))
        }
        throw new UsageError(
          'cli/no-copy',
          'Restore backup: expected a file and --data for its folder, or --database-url alone',
        )
      }),
    )
}

async function restore({ output, now }: Context, file: string, data: string): Promise<undefined> {
  const target = join(data, databaseName)
  checkAbsent(target, data)
  await mkdir(dirname(data), { recursive: true, mode: 0o700 })
  await using copy = await copyStore(file, data)
  const envelopes = await output.waiting('Looking at every message', prepare(copy, now))
  await mkdir(data, { recursive: true, mode: 0o700 })
  await sync(join(copy.folder, databaseName))
  checkAbsent(target, data)
  await rename(join(copy.folder, databaseName), target)
  await sync(data)
  output.result(
    { data, envelopes },
    `${output.style.good('restored')} ${envelopes} messages in ${data}`,
  )
  return undefined
}

async function prepare(copy: CopiedStore, now: Context['now']): Promise<number> {
  await using store = await copy.open()
  return await checkAndName(store, now)
}

async function nameDatabase({ output, now }: Context, url: string): Promise<undefined> {
  await using store = await openPostgresStore({ url, timers: systemTimers })
  const envelopes = await output.waiting('Looking at every message', checkAndName(store, now))
  const text = `${output.style.good('ready for nodes')} ${envelopes} messages in the database`
  output.result({ envelopes }, text)
  return undefined
}

async function checkAndName(store: Store, now: Context['now']): Promise<number> {
  const { envelopes, faults } = await store.upkeep.verify()
  const [fault] = faults
  if (fault !== undefined) {
    throw new StorageError('store/corrupt', `Restore backup: it is damaged: ${fault}`)
  }
  await store.settings.change({
    values: new Map([[logIdKey, randomBytes(8).toString('hex')]]),
    actor: actorName(),
    atNs: BigInt(now().getTime()) * 1_000_000n,
    note: 'restored from a copy: sequences after it may name other messages than before',
  })
  return envelopes
}

async function sync(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  await handle.sync()
}

function checkAbsent(target: string, data: string): void {
  if (!existsSync(target)) return
  throw new UsageError('cli/store-exists', `Restore backup: ${data} holds a store already`)
}
