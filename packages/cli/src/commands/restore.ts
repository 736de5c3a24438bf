import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StorageError, UsageError } from '@posthorn/errors'
import type { Store } from '@posthorn/store'
import { actorName } from '../admin/actor-name.ts'
import { copyStore, databaseName } from '../admin/copied-store.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'

// Sequences mean something only together with this name, which the node keeps among its settings.
const logIdKey = 'log/id'

type RestoreOptions = { readonly data: string }

const help = `
The copy is looked through first; a folder that holds a store already is left alone. Stop the node, move its folder
away, restore, and start the node on the new folder.

What the node took after the copy was made is gone, and its places are taken by new messages. So the log gets a new
name: clients that go on where they were are told to look for what is missing first.

Example:
  posthorn restore /backups/2026-11-23.posthorn --data /var/lib/posthorn`

/** `posthorn restore`: brings a backup back. */
export const declareRestore: DeclareCommand = (command, run) => {
  command
    .argument('<file>', 'a copy that posthorn backup made')
    .requiredOption('--data <dir>', 'folder for the store')
    .addHelpText('after', help)
    .action((file: string, { data }: RestoreOptions) =>
      run((context) => restore(context, file, resolve(data))),
    )
}

async function restore({ output, now }: Context, file: string, data: string): Promise<undefined> {
  const target = join(data, databaseName)
  checkAbsent(target, data)
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

async function prepare(
  copy: Awaited<ReturnType<typeof copyStore>>,
  now: Context['now'],
): Promise<number> {
  await using store = await copy.open()
  const { envelopes, faults } = await store.upkeep.verify()
  const [fault] = faults
  if (fault !== undefined) {
    throw new StorageError('store/corrupt', `Restore backup: it is damaged: ${fault}`)
  }
  await renameLog(store, now)
  return envelopes
}

async function renameLog(store: Store, now: Context['now']): Promise<void> {
  await store.settings.change({
    values: new Map([[logIdKey, randomBytes(8).toString('hex')]]),
    actor: actorName(),
    atNs: BigInt(now().getTime()) * 1_000_000n,
    note: 'restored from a copy: sequences after it may name other messages than before',
  })
}

async function sync(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  await handle.sync()
}

function checkAbsent(target: string, data: string): void {
  if (!existsSync(target)) return
  throw new UsageError('cli/store-exists', `Restore backup: ${data} holds a store already`)
}
