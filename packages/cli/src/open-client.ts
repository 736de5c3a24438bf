// Clients for commands: of the account of the key file.

import { wipe } from '@posthorn/bytes'
import { type Client, type ClientOptions, createClient } from '@posthorn/client'
import {
  attachmentCodec,
  compositeCodec,
  reactionCodec,
  readReceiptCodec,
  remoteStaticAttachmentCodec,
  replyCodec,
  transactionReferenceCodec,
} from '@posthorn/content'
import { UsageError, ValidationError } from '@posthorn/errors'
import { askSecret } from './ask-secret.ts'
import type { Context } from './context.ts'
import { readKeyFile, secretOf } from './key-file.ts'

const codecs: ClientOptions['codecs'] = [
  attachmentCodec,
  compositeCodec,
  reactionCodec,
  readReceiptCodec,
  remoteStaticAttachmentCodec,
  replyCodec,
  transactionReferenceCodec,
]

/**
 * A client of the account of the key file.
 *
 * @throws what `readKeyFile`, `secretOf` and `createClient` throw; UsageError `cli/passphrase-needed`
 */
export async function openClient(context: Context): Promise<Client> {
  const { url, keyPath, output } = context
  const file = await readKeyFile(keyPath)
  const { kind, bytes } = await secretOf(file, () => passphraseOf(context))
  const keystore = kind === 'private-key' ? 'network' : 'static'
  const client = await output.waiting(
    `Connecting to ${url}`,
    createClient(bytes, { url, codecs, keystore, appVersion: 'posthorn-cli' }),
  )
  wipe(bytes)
  if (client.address === file.address) return client
  await client.close()
  throw new ValidationError('cli/key-damaged', 'Open key file: its address is not that of its key')
}

/** The passphrase of the key file. @throws UsageError `cli/passphrase-needed`, `cli/cancelled` */
export async function passphraseOf({
  passphrase,
  canAsk,
}: Pick<Context, 'passphrase' | 'canAsk'>): Promise<string> {
  if (passphrase !== undefined) return passphrase
  if (canAsk) return askSecret('Passphrase of your key')
  throw new UsageError('cli/passphrase-needed', 'Open key file: found no passphrase')
}
