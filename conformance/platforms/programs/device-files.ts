// A device with files: the vault under a passphrase, the store in SQLite.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileVault } from '@posthorn/keystore/file'
import { openSqliteStore } from '@posthorn/local-store/sqlite'
import type { Device } from './device.ts'

const directory = mkdtempSync(join(tmpdir(), 'posthorn-platform-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

/** Files in a temporary directory. */
export const device: Device = {
  vault: createFileVault({ directory, passphrase: 'of a test', costLog2: 10 }),
  openStore: (options) => openSqliteStore({ ...options, directory }),
}
