// One account's private key on disk: a JSON file that only its owner may read.

import { access, mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fromHex, toHex } from '@posthorn/bytes'
import { NotFoundError, StorageError, UsageError, ValidationError } from '@posthorn/errors'
import { openKey, type SealedKey, sealKey } from './key-cipher.ts'

/** A key file as parsed: the private key is there in hex, or sealed under a passphrase. */
export type KeyFile = { readonly version: 1; readonly address: string } & (
  | { readonly privateKey: string }
  | { readonly sealed: SealedKey }
)

/** What is written to a key file. */
export type NewKey = {
  readonly address: string
  /** 32 bytes. */
  readonly privateKey: Uint8Array
  /** Seals the key when given. */
  readonly passphrase?: string | undefined
}

const ownerOnlyFile = 0o600
const ownerOnlyFolder = 0o700
const othersBits = 0o077
const maxFileBytes = 16_384

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

/**
 * The private key (32 bytes) of a key file. `askPassphrase` is called when it is sealed.
 *
 * @throws VerificationError `cli/wrong-passphrase`; ValidationError `cli/key-damaged`
 */
export async function privateKeyOf(
  file: KeyFile,
  askPassphrase: () => Promise<string>,
): Promise<Uint8Array> {
  if ('privateKey' in file) return fromHex(file.privateKey)
  return openKey(file.sealed, { passphrase: await askPassphrase(), address: file.address })
}

async function keyFileOf({ address, privateKey, passphrase }: NewKey): Promise<KeyFile> {
  if (passphrase === undefined) return { version: 1, address, privateKey: toHex(privateKey) }
  return { version: 1, address, sealed: await sealKey({ privateKey, passphrase, address }) }
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
  const privateKey = value['privateKey']
  if (typeof privateKey === 'string') return /^[0-9a-f]{64}$/.test(privateKey)
  return isSealedKey(value['sealed'])
}

function isSealedKey(value: unknown): value is SealedKey {
  return (
    isRecord(value) &&
    value['kdf'] === 'scrypt' &&
    value['cipher'] === 'aes-256-gcm' &&
    ['cost', 'blockSize', 'parallelization'].every((name) => Number.isSafeInteger(value[name])) &&
    isHexOf(value['salt'], 16) &&
    isHexOf(value['nonce'], 12) &&
    isHexOf(value['ciphertext'], 48)
  )
}

function isHexOf(value: unknown, lengthBytes: number): boolean {
  return typeof value === 'string' && value.length === 2 * lengthBytes && /^[0-9a-f]*$/.test(value)
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
