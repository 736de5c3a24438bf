// Checks that every `ts` block of the documentation compiles against the packages as they are, that links
// between pages lead somewhere, that the page of error codes has those that the packages make, that the API
// reference is what the sources say, and that the page on architecture has each package.

import { globSync } from 'node:fs'
import { join } from 'node:path'
import { checkArchitecture } from './docs/check-architecture.ts'
import { checkErrors } from './docs/check-errors.ts'
import { checkLinks } from './docs/check-links.ts'
import { checkPages } from './docs/check-pages.ts'
import { checkReference } from './docs/check-reference.ts'

const root = join(import.meta.dirname, '..')
const patterns = [
  '*.md',
  'docs/**/*.md',
  'packages/*/README.md',
  'testing/*.md',
  'vectors/**/*.md',
  'examples/**/*.md',
]
const pages = globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] }).sort()

const { blockCount, problems } = checkPages(root, pages)
const all = [
  ...problems,
  ...checkLinks(root, pages),
  ...checkErrors(root),
  ...checkReference(root),
  ...checkArchitecture(root),
]
for (const { page, line, message } of all) console.error(`${page}:${line} ${message}`)
console.log(`${pages.length} pages, ${blockCount} blocks, ${all.length} problems`)
process.exitCode = all.length === 0 && pages.length > 0 ? 0 : 1
