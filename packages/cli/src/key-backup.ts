// Backups of messaging keys as files, in the form that applications read and write too.

import { access, open, readFile, rm } from 'node:fs/promises'
import { toUtf8, wipe } from '@posthorn/bytes'
import { loadCrypto } from '@posthorn/crypto'
import { StorageError, VerificationError } from '@posthorn/errors'
import { decodePrivateKeyBundle, parseAddress, verifyPrivateKeyBundle } from '@posthorn/identity'
import { type BackedUpKeys, openKeyBackup, sealKeyBackup } from '@posthorn/keystore/backup'

const ownerOnly = 0o600

/** Nothing is asked of anybody for a file that cannot be made. @throws StorageError `cli/cannot-write-file` */
export async function refuseExisting(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  )
  if (isThere) throw notWritten(file)
}

/**
 * Seals keys, which are wiped, and writes them to a new file of mode 0600. Resolves once they are on disk.
 *
 * @throws StorageError `cli/cannot-write-file`
 */
export async function writeKeyBackup(
  file: string,
  account: BackedUpKeys,
  passphrase: string,
): Promise<void> {
  try {
    const text = await sealKeyBackup(account, { passphrase })
    await writeNew(file, toUtf8(`${text}\n`))
  } finally {
    wipe(account.keys)
  }
}

/**
 * The keys of a backup, and whose they are: by their own signatures, not by what the file says.
 *
 * @throws StorageError `cli/cannot-read-file`; CodecError `keystore/malformed`; VerificationError
 * `keystore/wrong-passphrase`, `keystore/other-account`; and as `verifyPrivateKeyBundle`
 */
export async function readKeyBackup(
  file: string,
  askPassphrase: () => Promise<string>,
): Promise<BackedUpKeys> {
  const text = await readText(file)
  const crypto = await loadCrypto()
  const opened = await openKeyBackup(text, { passphrase: await askPassphrase(), crypto })
  const { bundle } = decodePrivateKeyBundle(opened.keys)
  const address = verifyPrivateKeyBundle(crypto, bundle)
  if (address === parseAddress(crypto, opened.address.toLowerCase())) {
    return { address, keys: opened.keys }
  }
  throw new VerificationError(
    'keystore/other-account',
    'Import keys: found the keys of another account, wanted those of the account that the file names',
  )
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  let isOurs = false
  try {
    await using file = await open(path, 'wx', ownerOnly)
    isOurs = true
    await file.writeFile(bytes)
    await file.sync()
  } catch (cause) {
    if (isOurs) await rm(path, { force: true })
    throw notWritten(path, cause)
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new StorageError('cli/cannot-read-file', `Import keys: ${file} cannot be read`, { cause })
  }
}

function notWritten(file: string, cause?: unknown): StorageError {
  const message = `Export keys: ${file} is there already or cannot be made`
  return new StorageError('cli/cannot-write-file', message, { cause })
}
