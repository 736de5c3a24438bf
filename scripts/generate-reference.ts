// Writes docs/reference from the doc comments of what the packages export: a page for each package.
//   node scripts/generate-reference.ts [--check]   with --check it writes nothing, and fails when a page is stale

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkReference, referenceFolder } from './docs/check-reference.ts'
import { referencePages } from './docs/reference-pages.ts'

const root = join(import.meta.dirname, '..')
const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values

mkdirSync(join(root, referenceFolder), { recursive: true })
const stale = checkReference(root).map(({ page }) => page)
const pages = referencePages(root)
for (const page of stale) {
  const text = pages.get(basename(page))
  if (check) console.error(`Stale: ${page}`)
  else if (text === undefined) rmSync(join(root, page))
  else writeFileSync(join(root, page), text)
}
console.log(`${pages.size} pages, ${stale.length} ${check ? 'stale' : 'written'}`)
process.exitCode = check && stale.length > 0 ? 1 : 0
