// Checks that every `ts` block of the documentation compiles against the packages as they are.

import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { checkPages } from './docs/check-pages.ts'

const root = join(import.meta.dirname, '..')
const patterns = ['*.md', 'docs/**/*.md', 'packages/*/README.md', 'testing/*.md']
const pages = globSync(patterns, { cwd: root }).filter((page) => existsSync(join(root, page)))

const { blockCount, problems } = checkPages(root, pages.sort())
for (const { page, line, message } of problems) console.error(`${page}:${line} ${message}`)
console.log(`${pages.length} pages, ${blockCount} blocks, ${problems.length} problems`)
process.exitCode = problems.length === 0 && pages.length > 0 ? 0 : 1
