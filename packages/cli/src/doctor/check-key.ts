import { stat } from 'node:fs/promises'
import { ProtocolError } from '@posthorn/errors'
import { type HintFacts, hintFor } from '../hints.ts'
import { isEncrypted, readKeyFile } from '../key-file.ts'
import type { Check } from './check.ts'

/** Where the key is. */
export type KeyPlace = HintFacts & { readonly home: string }

/** Looks at whether there is a key file that can be used and that nobody else can read. */
export async function checkKey(place: KeyPlace): Promise<Check> {
  const name = 'key'
  try {
    const file = await readKeyFile(place.keyPath)
    const form = isEncrypted(file) ? 'encrypted' : 'not encrypted'
    return { name, status: 'ok', found: `${file.address}, ${form}, ${place.keyPath}` }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    const status = error.code === 'cli/no-key' ? 'warn' : 'fail'
    return { name, status, found: error.message, advice: hintFor(error.code, place) }
  }
}

/** Looks at whether others may list or change the home folder. */
export async function checkHome({ home }: Pick<KeyPlace, 'home'>): Promise<Check> {
  const name = 'home folder'
  const mode = await stat(home).then(
    (found) => found.mode & 0o777,
    () => undefined,
  )
  if (mode === undefined) return { name, status: 'ok', found: `${home}, not made yet` }
  const found = `${home}, mode ${mode.toString(8).padStart(4, '0')}`
  if (process.platform === 'win32' || (mode & 0o022) === 0) return { name, status: 'ok', found }
  return {
    name,
    status: 'warn',
    found: `${found}: others may put files there`,
    advice: `chmod 700 ${home}`,
  }
}
