import { readFile } from 'node:fs/promises'
import { fromHex, wipe } from '@posthorn/bytes'
import { generatePrivateKey, loadCrypto } from '@posthorn/crypto'
import { StorageError, TransportError, UsageError } from '@posthorn/errors'
import { addressOf } from '@posthorn/identity'
import { askSecret } from '../ask-secret.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { newPassphrase } from '../new-passphrase.ts'
import { readStdin } from '../read-stdin.ts'
import { refuseExistingKey, replaceKeyFile } from '../replace-key-file.ts'

type InitOptions = {
  /** A file, `-`, or true to be asked. */
  readonly import?: string | true | undefined
  readonly passphrase?: boolean | undefined
  readonly force?: boolean | undefined
  readonly offline?: boolean | undefined
}

const maxImportBytes = 4_096
const joinTimeoutMs = 10_000

/** `posthorn init`: makes a key or imports one, joins the network with it, and prints its address. */
export const declareInit: DeclareCommand = (command, run) => {
  command
    .option(
      '--import [file]',
      'import a private key in hex from a file, from standard input (-), or typed in unseen',
    )
    .option('--passphrase', 'encrypt the key (env POSTHORN_PASSPHRASE, or you are asked)')
    .option('--force', 'make a new key although there is one; the old one is kept beside it')
    .option('--offline', 'do not join the network yet; the first command that uses it will')
    .action((options: InitOptions) => run((context) => init(context, options)))
}

async function init(context: Context, options: InitOptions): Promise<undefined> {
  const { keyPath, output } = context
  if (options.force !== true) await refuseExistingKey(keyPath)
  const crypto = await loadCrypto()
  const privateKey =
    options.import === undefined
      ? generatePrivateKey(crypto)
      : parsePrivateKey(await importedText(context, options.import), crypto.curve.isPrivateKey)
  const address = addressOf(crypto, crypto.curve.publicKey(privateKey))
  const passphrase = options.passphrase === true ? await newPassphrase(context) : undefined
  const key = { address, secret: { kind: 'private-key', bytes: privateKey }, passphrase } as const
  const keptPath = await replaceKeyFile(context, key, options)
  const hasJoined = options.offline !== true && (await join(context, privateKey))
  wipe(privateKey)
  const isEncrypted = passphrase !== undefined
  output.result({ address, keyPath, isEncrypted, hasJoined, keptPath }, address)
  if (keptPath !== undefined) output.note(`The key before is kept in ${keptPath}.`)
  output.note(`Your key is in ${keyPath}. Keep a copy of it: nobody can make it again.`)
  output.note(
    hasJoined
      ? `You have joined ${context.url}: others can write to you.`
      : 'Others can write to you once you have used the network.',
  )
  return undefined
}

// The key is made either way: whoever has no node yet joins with the first command that finds one.
async function join({ url, output }: Context, privateKey: Uint8Array): Promise<boolean> {
  const { createClient } = await import('@posthorn/client')
  const signal = AbortSignal.timeout(joinTimeoutMs)
  try {
    const client = await output.waiting(
      `Joining ${url}`,
      createClient(privateKey, { url, signal, appVersion: 'posthorn-cli' }),
    )
    await client.close()
    return true
  } catch (error) {
    if (error instanceof TransportError) return false
    throw error
  }
}

async function importedText(context: Context, source: string | true): Promise<string> {
  if (source === '-') return readStdin(context.stdin, maxImportBytes)
  if (source === true) {
    if (context.canAsk) return askSecret('Private key (hex)')
    throw new UsageError(
      'cli/nobody-to-ask',
      'Import key: there is no terminal to ask on, wanted --import FILE or --import -',
    )
  }
  try {
    return await readFile(source, 'utf8')
  } catch (cause) {
    throw new StorageError('cli/cannot-read-file', 'Import key: the file cannot be read', { cause })
  }
}

function parsePrivateKey(text: string, isPrivateKey: (bytes: Uint8Array) => boolean): Uint8Array {
  const digits = text.trim()
  const bytes = /^(0x)?[0-9a-fA-F]{64}$/.test(digits) ? fromHex(digits) : undefined
  if (bytes !== undefined && isPrivateKey(bytes)) return bytes
  throw new UsageError('cli/bad-private-key', 'Import key: found no private key')
}
