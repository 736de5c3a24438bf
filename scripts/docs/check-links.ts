// Checks that links between the files of this repository lead somewhere.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PageProblem } from './check-pages.ts'

const link = /\]\(([^)\s]+)\)/g
const outside = /^(?:[a-z]+:|#)/

/** Relative links of `pages` (paths relative to `root`) whose target does not exist. */
export function checkLinks(root: string, pages: readonly string[]): PageProblem[] {
  return pages.flatMap((page) =>
    readFileSync(join(root, page), 'utf8')
      .split('\n')
      .flatMap((text, index) =>
        [...text.matchAll(link)]
          .map((match) => match[1] ?? '')
          .filter((target) => !outside.test(target) && !leads(root, page, target))
          .map((target) => ({ page, line: index + 1, message: `Link leads nowhere: ${target}` })),
      ),
  )
}

function leads(root: string, page: string, target: string): boolean {
  const path = target.split('#', 1)[0] ?? ''
  return existsSync(join(root, dirname(page), path))
}
