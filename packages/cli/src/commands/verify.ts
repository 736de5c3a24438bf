import type { VerifyReport } from '@posthorn/store'
import { type AdminOptions, addAdminOptions } from '../admin/admin-place.ts'
import { copyStore } from '../admin/copied-store.ts'
import { workOnStore } from '../admin/store-work.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'

const help = `
Reads every message and checks its checksum, the chain of batches and the indexes. Nothing is changed. The exit
code is 1 when anything is wrong.

Examples:
  posthorn verify --data /var/lib/posthorn
  posthorn verify /backups/2026-11-23.posthorn`

/** `posthorn verify`: looks through a store or a backup. */
export const declareVerify: DeclareCommand = (command, run) => {
  addAdminOptions(command)
    .argument('[file]', 'a backup; without it the store of the node')
    .addHelpText('after', help)
    .action((file: string | undefined, options: AdminOptions) =>
      run((context) => verify(context, file, options)),
    )
}

async function verify(
  { output }: Context,
  file: string | undefined,
  options: AdminOptions,
): Promise<number> {
  const looking = file === undefined ? verifyStore(options) : verifyBackup(file)
  const report = await output.waiting('Looking at every message', looking)
  const { envelopes, batches, faults } = report
  const isSound = faults.length === 0
  const verdict = isSound ? output.style.good('sound') : output.style.bad('damaged')
  const text = [`${verdict}  ${envelopes} messages in ${batches} batches`, ...faults].join('\n')
  output.result({ isSound, ...report }, text)
  return isSound ? exitCodes.ok : exitCodes.failure
}

function verifyStore(options: AdminOptions): Promise<VerifyReport> {
  return workOnStore(options, {
    online: (client) => client.follow({ method: 'POST', path: 'verify' }, () => {}),
    offline: (store) => store.upkeep.verify(),
  })
}

async function verifyBackup(file: string): Promise<VerifyReport> {
  await using copy = await copyStore(file, file)
  await using store = await copy.open()
  return await store.upkeep.verify()
}
