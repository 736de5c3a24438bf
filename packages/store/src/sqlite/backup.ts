// A copy of the database while others write to it.

import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { StorageError } from '@posthorn/errors'
import { nextTurn } from '../system-clock.ts'
import { locationOf } from './integrity.ts'
import { createPrivateFile, syncPath } from './private-file.ts'
import { damageError } from './storage-error.ts'
import { verifyBatches, verifyIndexes, verifyInSteps, verifyTotals } from './verify.ts'

/** What to copy. */
export type BackupOptions = {
  /** The database. */
  readonly path: string
  /** Must not be there yet. */
  readonly file: string
  /** The share of the copy that is made, 0 to 1. */
  readonly onProgress: (share: number) => void
  /** Ends the backup; nothing of it is left. */
  readonly signal: AbortSignal
}

const pagesAtATime = 256

/**
 * Copies the database as it is at one moment, checks the copy, and gives it its name.
 *
 * @throws StorageError `store/backup-exists`, `store/backup-folder`, `store/corrupt` when the copy is damaged, `store/unavailable`
 */
export async function backUp(options: BackupOptions): Promise<void> {
  const { file, signal } = options
  checkAbsent(file)
  const draft = `${file}.partial`
  try {
    rmSync(draft, { force: true })
    createPrivateFile(draft)
    await copy(options, draft)
    await checkCopy(draft, signal)
    syncPath(draft)
    checkAbsent(file)
    renameSync(draft, file)
    syncPath(dirname(file))
  } finally {
    for (const suffix of ['', '-journal']) rmSync(draft + suffix, { force: true })
  }
}

async function copy({ path, onProgress, signal }: BackupOptions, draft: string): Promise<void> {
  const source = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    // Holds on to one moment: otherwise each commit meanwhile would start the copy anew.
    source.exec('BEGIN')
    source.prepare('SELECT max(height) FROM batches').get()
    await backup(source, draft, {
      rate: pagesAtATime,
      progress: ({ totalPages, remainingPages }) => {
        signal.throwIfAborted()
        onProgress(1 - remainingPages / totalPages)
      },
    })
    onProgress(1)
  } finally {
    source.close()
  }
}

async function checkCopy(draft: string, signal: AbortSignal): Promise<void> {
  const database = new DatabaseSync(locationOf(draft), { readOnly: true })
  try {
    const { faults } = await verifyInSteps(
      {
        verifyBatches: async (head) => {
          await nextTurn()
          return verifyBatches(database, head)
        },
        verifyTotals: async () => verifyTotals(database),
        verifyIndexes: async () => verifyIndexes(database),
      },
      signal,
    )
    const [fault] = faults
    if (fault !== undefined) throw damageError('Back up the store', `the copy is damaged: ${fault}`)
  } finally {
    database.close()
  }
}

function checkAbsent(file: string): void {
  if (!existsSync(dirname(file))) {
    throw new StorageError(
      'store/backup-folder',
      `Back up the store: ${dirname(file)} is not there, expected a folder that may be written`,
    )
  }
  if (!existsSync(file)) return
  throw new StorageError(
    'store/backup-exists',
    `Back up the store: ${file} is there already, expected a new file`,
  )
}
