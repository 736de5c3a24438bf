import { closeSync, fsyncSync, openSync } from 'node:fs'

/**
 * Creates an empty file that only its owner may read. An existing file is not even opened: closing
 * it again would drop the locks that this process holds on it.
 */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Waits until a file, or the names in a directory, are on disk. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
