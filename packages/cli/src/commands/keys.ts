import { resolve } from 'node:path'
import { type BackupPassphraseOptions, backupPassphrase } from '../backup-passphrase.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'

const help = `
A backup holds the keys that open and sign your messages, under a passphrase: not the private key of your account.
Whoever has it and the passphrase reads everything and writes in your name; nobody needs your wallet for that.
Applications read and write the same form.

The passphrase is asked for, or is in POSTHORN_BACKUP_PASSPHRASE, or the first line of --passphrase-file.

Examples:
  posthorn keys export keys.posthorn
  posthorn keys import keys.posthorn --home ~/.posthorn-laptop`

type ImportOptions = BackupPassphraseOptions & {
  readonly passphrase?: boolean | undefined
  readonly force?: boolean | undefined
}

/** `posthorn keys`: a backup of the account's messaging keys, and a home made of one. */
export const declareKeys: DeclareCommand = (command, run) => {
  const passphraseFile = ['--passphrase-file <file>', 'passphrase of the backup'] as const
  command.addHelpText('after', help)
  command
    .command('export')
    .description('write your messaging keys to a new file, under a passphrase')
    .argument('<file>', 'new file to write')
    .option(...passphraseFile)
    .action((file: string, options: BackupPassphraseOptions) =>
      run((context) => exportKeys(context, resolve(file), options)),
    )
  command
    .command('import')
    .description('use the messaging keys of a backup; takes no wallet')
    .argument('<file>', 'a backup')
    .option(...passphraseFile)
    .option('--passphrase', 'encrypt the keys here (env POSTHORN_PASSPHRASE, or you are asked)')
    .option('--force', 'although there is a key; the old one is kept beside it')
    .action((file: string, options: ImportOptions) =>
      run((context) => importKeys(context, resolve(file), options)),
    )
}

async function exportKeys(
  context: Context,
  file: string,
  options: BackupPassphraseOptions,
): Promise<undefined> {
  const { refuseExisting, writeKeyBackup } = await import('../key-backup.ts')
  await refuseExisting(file)
  const { messagingKeysOf } = await import('../messaging-keys.ts')
  const account = await messagingKeysOf(context)
  const passphrase = await backupPassphrase(context, options, 'seal')
  await writeKeyBackup(file, account, passphrase)
  const { output } = context
  const { address } = account
  output.result({ address, file }, `${output.style.good('written')} ${file}`)
  output.note(`It opens the messages of ${address} for whoever has the passphrase.`)
  return undefined
}

async function importKeys(
  context: Context,
  file: string,
  options: ImportOptions,
): Promise<undefined> {
  const { keyPath, output } = context
  const { readKeyBackup } = await import('../key-backup.ts')
  const { refuseExistingKey, replaceKeyFile } = await import('../replace-key-file.ts')
  if (options.force !== true) await refuseExistingKey(keyPath)
  const { address, keys } = await readKeyBackup(file, () =>
    backupPassphrase(context, options, 'open'),
  )
  const { newPassphrase } = await import('../new-passphrase.ts')
  const passphrase = options.passphrase === true ? await newPassphrase(context) : undefined
  const key = { address, secret: { kind: 'messaging-keys', bytes: keys }, passphrase } as const
  const keptPath = await replaceKeyFile(context, key, options)
  const isEncrypted = passphrase !== undefined
  output.result({ address, keyPath, isEncrypted, keptPath }, address)
  if (keptPath !== undefined) output.note(`The key before is kept in ${keptPath}.`)
  return undefined
}
