import { UsageError } from '@posthorn/errors'
import { askNewPassphrase } from './ask-secret.ts'
import type { Context } from './context.ts'

/** The passphrase for a new key file. @throws UsageError `cli/passphrase-needed`, `cli/passphrase-mismatch`, `cli/cancelled` */
export async function newPassphrase({
  passphrase,
  canAsk,
}: Pick<Context, 'passphrase' | 'canAsk'>): Promise<string> {
  const chosen = passphrase ?? (canAsk ? await askNewPassphrase() : '')
  if (chosen !== '') return chosen
  throw new UsageError('cli/passphrase-needed', 'Encrypt key: found no passphrase')
}
