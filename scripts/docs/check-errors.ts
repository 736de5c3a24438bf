// Checks that the page of error codes has each code that the packages make, with its family, and no other.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PageProblem } from './check-pages.ts'
import { type ErrorCode, errorCodes } from './error-codes.ts'

// The page, relative to the root.
const errorPage = 'docs/errors.md'

const row = /^\| `([a-z][a-z0-9-]*\/[a-z][a-z0-9-]*)` \|(.*)\|$/

type Row = { readonly line: number; readonly code: string; readonly cells: readonly string[] }

/** What does not hold of the page below `root`. */
export function checkErrors(root: string): PageProblem[] {
  const made = errorCodes(root)
  const rows = readRows(readFileSync(join(root, errorPage), 'utf8'))
  const missing = [...made.keys()].filter((code) => !rows.some((each) => names(code, each.code)))
  return [
    ...missing.map((code) => ({ page: errorPage, line: 1, message: `Code is missing: ${code}` })),
    ...rows.flatMap((each, index) => {
      const message = problemOf(each, rows[index - 1], made)
      return message === undefined ? [] : [{ page: errorPage, line: each.line, message }]
    }),
  ]
}

function readRows(text: string): Row[] {
  return text.split('\n').flatMap((content, index) => {
    const [, code, rest] = row.exec(content) ?? []
    if (code === undefined || rest === undefined) return []
    return [{ line: index + 1, code, cells: rest.split(' | ').map((cell) => cell.trim()) }]
  })
}

function problemOf(
  { code, cells }: Row,
  before: Row | undefined,
  made: ReadonlyMap<string, ErrorCode>,
): string | undefined {
  const origins = [...made.values()].filter((each) => names(each.code, code))
  if (origins.length === 0) return `No source makes the code ${code}`
  if (before !== undefined && before.code >= code) return `${code} stands after ${before.code}`
  const [families, meaning, remedy] = cells
  if (!meaning || !remedy) return `${code} has no meaning, or nothing to do`
  const wanted = origins.flatMap((each) => [...each.families])
  const wrong = wanted.find((name) => !families?.split(', ').includes(name))
  return wrong && `${code} is a ${wrong}Error, found ${families}`
}

// A source that puts codes together names their beginning.
function names(source: string, code: string): boolean {
  return source.endsWith('*') ? code.startsWith(source.slice(0, -1)) : source === code
}
