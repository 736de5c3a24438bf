// The keys of one account on disk: a JSON file that only its owner may read.

import { access, mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fromHex, toHex } from '@posthorn/bytes'
import { NotFoundError, StorageError, UsageError, ValidationError } from '@posthorn/errors'
import { openKey, type SealedKey, sealKey } from './key-cipher.ts'

/**
 * A key file as parsed. It has the private key of the account, or in its place the messaging keys that
 * `posthorn keys import` brought; in hex, or sealed under a passphrase.
 */
export type KeyFile = { readonly version: 1; readonly address: string } & (
  | { readonly privateKey: string }
  | { readonly sealed: SealedKey }
  | { readonly messagingKeys: string }
  | { readonly sealedMessagingKeys: SealedKey }
)

/** What a key file keeps. */
export type KeySecret =
  /** 32 bytes, of the account itself. */
  | { readonly kind: 'private-key'; readonly bytes: Uint8Array }
  /** As `exportKeys` of a client gives them. */
  | { readonly kind: 'messaging-keys'; readonly bytes: Uint8Array }

/** What is written to a key file. */
export type NewKey = {
  readonly address: string
  readonly secret: KeySecret
  /** Seals the keys when given. */
  readonly passphrase?: string | undefined
}

const ownerOnlyFile = 0o600
const ownerOnlyFolder = 0o700
const privateKeyBytes = 32
const tagBytes = 16
const othersBits = 0o077
// Messaging keys grow by half a kilobyte with each rotation.
const maxFileBytes = 65_536

/** Whether there is a key file, readable or not. */
export async function keyFileExists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (cause) {
    return errnoOf(cause) !== 'ENOENT'
  }
}

/**
 * Writes a new key file, mode 0600, in a folder made with mode 0700.
 *
 * @throws UsageError `cli/key-exists`; StorageError `cli/cannot-write-key`
 */
export async function writeKeyFile(path: string, key: NewKey): Promise<void> {
  const text = `${JSON.stringify(await keyFileOf(key), null, 2)}\n`
  try {
    await mkdir(dirname(path), { recursive: true, mode: ownerOnlyFolder })
    await using file = await open(path, 'wx', ownerOnlyFile)
    await file.writeFile(text)
    await file.sync()
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST') {
      throw new UsageError('cli/key-exists', 'Write key file: there is one already')
    }
    throw new StorageError(
      'cli/cannot-write-key',
      `Write key file: ${errnoOf(cause) ?? 'failed'}`,
      {
        cause,
      },
    )
  }
}

/** Moves a key file out of the way, beside itself; resolves to its new path, undefined when there is none. */
export async function setAsideKeyFile(path: string, now: Date): Promise<string | undefined> {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '')
  const aside = path.replace(/\.json$/, `.${stamp}.json`)
  try {
    await rename(path, aside)
    return aside
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined
    throw new StorageError(
      'cli/cannot-write-key',
      `Set aside key file: ${errnoOf(cause) ?? 'failed'}`,
      {
        cause,
      },
    )
  }
}

/**
 * Reads a key file without opening what is sealed.
 *
 * @throws NotFoundError `cli/no-key`; ValidationError `cli/key-exposed`, `cli/key-damaged`;
 * StorageError `cli/cannot-read-key`
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  return parseKeyFile(await readOwnersText(path))
}

/** Whether a passphrase opens it. */
export function isEncrypted(file: KeyFile): boolean {
  return 'sealed' in file || 'sealedMessagingKeys' in file
}

/**
 * The keys of a key file. `askPassphrase` is called when they are sealed.
 *
 * @throws VerificationError `cli/wrong-passphrase`; ValidationError `cli/key-damaged`
 */
export async function secretOf(
  file: KeyFile,
  askPassphrase: () => Promise<string>,
): Promise<KeySecret> {
  if ('privateKey' in file) return { kind: 'private-key', bytes: fromHex(file.privateKey) }
  if ('messagingKeys' in file) return { kind: 'messaging-keys', bytes: fromHex(file.messagingKeys) }
  const [kind, sealed] =
    'sealed' in file
      ? (['private-key', file.sealed] as const)
      : (['messaging-keys', file.sealedMessagingKeys] as const)
  const boundTo = boundary(kind, file.address)
  return { kind, bytes: await openKey(sealed, { passphrase: await askPassphrase(), boundTo }) }
}

async function keyFileOf({ address, secret, passphrase }: NewKey): Promise<KeyFile> {
  const { kind, bytes } = secret
  const isAccount = kind === 'private-key'
  const head = { version: 1, address } as const
  if (passphrase === undefined) {
    const text = toHex(bytes)
    return isAccount ? { ...head, privateKey: text } : { ...head, messagingKeys: text }
  }
  const boundTo = boundary(kind, address)
  const sealed = await sealKey({ secret: bytes, passphrase, boundTo })
  return isAccount ? { ...head, sealed } : { ...head, sealedMessagingKeys: sealed }
}

// Neither kind opens in the other's place.
function boundary(kind: KeySecret['kind'], address: string): string {
  return kind === 'private-key' ? address : `${kind} ${address}`
}

async function readOwnersText(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { mode, size } = await file.stat()
    // Windows reports modes that it does not enforce.
    if (process.platform !== 'win32' && (mode & othersBits) !== 0) throw exposed(mode)
    if (size > maxFileBytes) throw damaged(`${size} bytes`)
    return await file.readFile('utf8')
  } catch (cause) {
    if (cause instanceof ValidationError) throw cause
    if (errnoOf(cause) === 'ENOENT') {
      throw new NotFoundError('cli/no-key', 'Read key file: there is none yet')
    }
    throw new StorageError('cli/cannot-read-key', `Read key file: ${errnoOf(cause) ?? 'failed'}`, {
      cause,
    })
  }
}

function parseKeyFile(text: string): KeyFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged('text that is not JSON')
  }
  if (!isKeyFile(value)) throw damaged('JSON of another shape')
  return value
}

function isKeyFile(value: unknown): value is KeyFile {
  if (!isRecord(value) || value['version'] !== 1) return false
  if (!/^0x[0-9a-fA-F]{40}$/.test(String(value['address']))) return false
  const { privateKey, messagingKeys, sealed, sealedMessagingKeys } = value
  if (privateKey !== undefined) return isHexOf(privateKey, privateKeyBytes)
  if (messagingKeys !== undefined) return isHex(messagingKeys)
  if (sealed !== undefined) {
    return isSealedKey(sealed) && isHexOf(sealed.ciphertext, privateKeyBytes + tagBytes)
  }
  return isSealedKey(sealedMessagingKeys)
}

function isSealedKey(value: unknown): value is SealedKey {
  return (
    isRecord(value) &&
    value['kdf'] === 'scrypt' &&
    value['cipher'] === 'aes-256-gcm' &&
    ['cost', 'blockSize', 'parallelization'].every((name) => Number.isSafeInteger(value[name])) &&
    isHexOf(value['salt'], 16) &&
    isHexOf(value['nonce'], 12) &&
    isHex(value['ciphertext'])
  )
}

function isHexOf(value: unknown, lengthBytes: number): boolean {
  return isHex(value) && value.length === 2 * lengthBytes
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && /^([0-9a-f]{2})+$/.test(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function errnoOf(cause: unknown): string | undefined {
  const code = isRecord(cause) ? cause['code'] : undefined
  return typeof code === 'string' ? code : undefined
}

function exposed(mode: number): ValidationError {
  const found = (mode & 0o777).toString(8).padStart(4, '0')
  return new ValidationError(
    'cli/key-exposed',
    `Read key file: found mode ${found}, wanted 0600 so that only its owner can read it`,
  )
}

function damaged(found: string): ValidationError {
  return new ValidationError(
    'cli/key-damaged',
    `Read key file: found ${found}, wanted a key file of version 1`,
  )
}
