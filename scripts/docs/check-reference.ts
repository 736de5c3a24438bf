// Checks that the pages of the API reference are what the sources say now.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PageProblem } from './check-pages.ts'
import { referencePages } from './reference-pages.ts'

/** Where the pages lie, relative to the root. */
export const referenceFolder = 'docs/reference'

/** A page that is missing, is not as it would be written now, or is of no package any more. */
export function checkReference(root: string): PageProblem[] {
  const pages = referencePages(root)
  const found = globSync('*.md', { cwd: join(root, referenceFolder) })
  const names = [...new Set([...pages.keys(), ...found])].sort()
  return names
    .filter((name) => !found.includes(name) || read(root, name) !== pages.get(name))
    .map((name) => ({
      page: `${referenceFolder}/${name}`,
      line: 1,
      message: 'Page is stale, write it anew with: node scripts/generate-reference.ts',
    }))
}

function read(root: string, name: string): string {
  return readFileSync(join(root, referenceFolder, name), 'utf8')
}
