import { resolve } from 'node:path'
import { type AdminOptions, addAdminOptions } from '../admin/admin-place.ts'
import { progressNotes } from '../admin/progress-notes.ts'
import { workOnStore } from '../admin/store-work.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'

const help = `
The node may go on: the copy is of one moment, and it is checked before it gets its name. It is as private as the
node's folder. Bring it back with posthorn restore.

Example:
  posthorn backup /backups/$(date +%F).posthorn --data /var/lib/posthorn`

/** `posthorn backup`: a checked copy of the embedded store. */
export const declareBackup: DeclareCommand = (command, run) => {
  addAdminOptions(command)
    .argument('<file>', 'new file to write')
    .addHelpText('after', help)
    .action((file: string, options: AdminOptions) =>
      run((context) => backup(context, resolve(file), options)),
    )
}

async function backup(context: Context, file: string, options: AdminOptions): Promise<undefined> {
  const { output } = context
  const onProgress = progressNotes(output, 'Copied')
  await workOnStore(options, {
    online: (client) =>
      client.follow({ method: 'POST', path: 'backup', body: { file } }, onProgress),
    offline: (store) => store.upkeep.backup(file, { onProgress }),
  })
  output.result({ file }, `${output.style.good('written and checked')} ${file}`)
  return undefined
}
