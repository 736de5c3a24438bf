// The key file of a home, made anew: never over another one.

import { UsageError } from '@posthorn/errors'
import type { Context } from './context.ts'
import { keyFileExists, type NewKey, setAsideKeyFile, writeKeyFile } from './key-file.ts'

/** Options of {@link replaceKeyFile}. */
export type ReplaceKeyFileOptions = {
  /** Moves a key that is there out of the way. */
  readonly force?: boolean | undefined
}

/** Nothing is asked of anybody for a key that cannot be kept. @throws UsageError `cli/key-exists` */
export async function refuseExistingKey(keyPath: string): Promise<void> {
  if (await keyFileExists(keyPath)) {
    throw new UsageError('cli/key-exists', 'Make key: there is one already')
  }
}

/**
 * Writes the key file; resolves to where the one before is kept, if there was one.
 *
 * @throws UsageError `cli/key-exists`; StorageError `cli/cannot-write-key`
 */
export async function replaceKeyFile(
  { keyPath, now }: Pick<Context, 'keyPath' | 'now'>,
  key: NewKey,
  { force }: ReplaceKeyFileOptions,
): Promise<string | undefined> {
  const keptPath = force === true ? await setAsideKeyFile(keyPath, now()) : undefined
  await writeKeyFile(keyPath, key)
  return keptPath
}
