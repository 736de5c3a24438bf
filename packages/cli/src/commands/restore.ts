import { existsSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StorageError, UsageError } from '@posthorn/errors'
import { copyStore, databaseName } from '../admin/copied-store.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'

type RestoreOptions = { readonly data: string }

const help = `
The copy is looked through first; a folder that holds a store already is left alone. Stop the node, move its folder
away, restore, and start the node on the new folder.

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

async function restore({ output }: Context, file: string, data: string): Promise<undefined> {
  const target = join(data, databaseName)
  checkAbsent(target, data)
  await using copy = await copyStore(file, data)
  const envelopes = await output.waiting('Looking at every message', checkedCount(copy))
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

async function checkedCount(copy: Awaited<ReturnType<typeof copyStore>>): Promise<number> {
  await using store = await copy.open()
  const { envelopes, faults } = await store.upkeep.verify()
  const [fault] = faults
  if (fault === undefined) return envelopes
  throw new StorageError('store/corrupt', `Restore backup: it is damaged: ${fault}`)
}

async function sync(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  await handle.sync()
}

function checkAbsent(target: string, data: string): void {
  if (!existsSync(target)) return
  throw new UsageError('cli/store-exists', `Restore backup: ${data} holds a store already`)
}
