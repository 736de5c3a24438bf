// Files that only their owner reads, replaced in one step.

import { constants, type Stats } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ProtocolError, UsageError } from '@posthorn/errors'
import { malformed, unavailable } from '../vault/vault-errors.ts'

const fileMode = 0o600
const folderMode = 0o700
const othersMode = 0o077
const maxFileBytes = 65_536

/**
 * The bytes of a file, or undefined when there is none.
 *
 * @throws UsageError `keystore/file-too-open`; CodecError `keystore/malformed`;
 * StorageError `keystore/unavailable`
 */
export async function readSecretFile(path: string): Promise<Uint8Array | undefined> {
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    check(await file.stat())
    return await file.readFile()
  } catch (error) {
    if (error instanceof ProtocolError) throw error
    if (isMissing(error)) return undefined
    throw unavailable('Load keys', error)
  } finally {
    await file?.close()
  }
}

/**
 * Writes a file, mode 0600 in a folder that is made with mode 0700: whoever reads it sees the old bytes or
 * the new ones, and once this resolves the new ones survive a power cut.
 *
 * @param suffix of the temporary file beside it; no two writers may share one
 * @throws StorageError `keystore/unavailable`
 */
export async function writeSecretFile(
  path: string,
  bytes: Uint8Array,
  suffix: string,
): Promise<void> {
  const temporary = `${path}.${suffix}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: folderMode })
    await writeNew(temporary, bytes)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw unavailable('Save keys', error)
  }
}

/** Removes a file, if there is one. @throws StorageError `keystore/unavailable` */
export async function removeSecretFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true })
    await syncFolder(dirname(path))
  } catch (error) {
    if (!isMissing(error)) throw unavailable('Remove keys', error)
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  const file = await open(path, flags, fileMode)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

// Windows opens no folders and needs no syncing of them.
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

// Windows has no such modes.
function check(stats: Stats): void {
  if (!stats.isFile() || stats.size > maxFileBytes) throw malformed('no small file')
  if (process.platform === 'win32' || (stats.mode & othersMode) === 0) return
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
  throw new UsageError(
    'keystore/file-too-open',
    `Load keys: found a file of mode ${mode}, wanted 0600: nobody but its owner may touch it`,
  )
}

function isMissing(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === 'ENOENT'
}
