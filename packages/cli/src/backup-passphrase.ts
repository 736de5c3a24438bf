// The passphrase of a backup of keys: from a file, from the environment, or typed. Never an argument, which shell
// histories and process lists would keep.

import { readFile } from 'node:fs/promises'
import { StorageError, UsageError } from '@posthorn/errors'
import { askNewPassphrase, askSecret } from './ask-secret.ts'
import type { Context } from './context.ts'

/** What {@link backupPassphrase} goes by. */
export type BackupPassphraseOptions = {
  /** Its first line is the passphrase. */
  readonly passphraseFile?: string | undefined
}

/** Whether a backup is made, so that the passphrase is typed twice, or opened. */
export type BackupPurpose = 'seal' | 'open'

/**
 * The passphrase of a backup.
 *
 * @throws UsageError `cli/backup-passphrase-needed`, `cli/passphrase-mismatch`, `cli/cancelled`;
 * StorageError `cli/cannot-read-file`
 */
export async function backupPassphrase(
  { backupPassphrase: known, canAsk }: Pick<Context, 'backupPassphrase' | 'canAsk'>,
  { passphraseFile }: BackupPassphraseOptions,
  purpose: BackupPurpose,
): Promise<string> {
  const given = passphraseFile === undefined ? known : await firstLine(passphraseFile)
  const passphrase = given ?? (canAsk ? await ask(purpose) : '')
  if (passphrase !== '') return passphrase
  throw new UsageError('cli/backup-passphrase-needed', 'Back up keys: found no passphrase')
}

function ask(purpose: BackupPurpose): Promise<string> {
  return purpose === 'seal' ? askNewPassphrase() : askSecret('Passphrase of the backup')
}

async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? ''
  } catch (cause) {
    const message = `Read passphrase: ${path} cannot be read`
    throw new StorageError('cli/cannot-read-file', message, { cause })
  }
}
