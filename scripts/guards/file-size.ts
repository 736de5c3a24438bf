// file-size: a file that grows past a screenful or ten has more than one noun in it.

import { type Finding, type Guard, violation } from './guard.ts'
import type { TextFile, Tree } from './tree.ts'

const maxLines = 500
const softLines = 300

/** Applies to every TypeScript file that is not generated. */
export const fileSize: Guard = {
  name: 'file-size',
  rule: `No source has more than ${maxLines} lines; those above ${softLines} are listed`,
  check(tree: Tree) {
    const files = tree.texts.filter(({ path }) => path.endsWith('.ts') && !path.includes('/gen/'))
    return { inspected: files.length, findings: files.flatMap(checkFile) }
  },
}

function checkFile(file: TextFile): Finding[] {
  const lines = file.text.trimEnd().split('\n').length
  if (lines > maxLines) {
    const message = `${lines} lines, at most ${maxLines}: split it by its nouns`
    return [violation(file.path, 1, message)]
  }
  const message = `${lines} lines, more than ${softLines}`
  return lines > softLines ? [{ file: file.path, line: 1, message, severity: 'note' }] : []
}
