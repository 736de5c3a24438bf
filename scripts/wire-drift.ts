// Compares two folders of generated code.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Paths, relative to both folders, of TypeScript files that differ or are in one of them only. */
export function wireDrift(fresh: string, checkedIn: string): string[] {
  const files = new Set([...listSources(fresh), ...listSources(checkedIn)])
  return [...files]
    .filter((file) => readOrNothing(join(fresh, file)) !== readOrNothing(join(checkedIn, file)))
    .sort()
}

/** Paths of the TypeScript files below a folder, relative to it; none when it does not exist. */
export function listSources(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
}

function readOrNothing(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
