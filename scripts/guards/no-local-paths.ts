// no-local-paths: nothing in the repository knows the machine or the network that it was written on.

import { type Finding, type Guard, violation } from './guard.ts'
import type { TextFile, Tree } from './tree.ts'

const patterns = [
  // A home directory or a scratch checkout; in a URL something stands before the slash.
  /(?<![\w.)}\]*-])\/(?:home|Users)\/\w+\//,
  /(?<![\w.)}\]*-])\/(?:root|work)\//,
  /[A-Z]:\\Users\\/,
  /\.\.\/shared\//,
  /registry\.(?:npmjs|yarnpkg)\./,
  /"resolved":\s"http/,
]

/** Applies to every text file; lock files must not name a registry either. */
export const noLocalPaths: Guard = {
  name: 'no-local-paths',
  rule: "No file holds a path of a developer's machine or the host of a registry",
  check(tree: Tree) {
    return { inspected: tree.texts.length, findings: tree.texts.flatMap(checkFile) }
  },
}

function checkFile(file: TextFile): Finding[] {
  return file.text.split('\n').flatMap((text, index) => {
    if (!patterns.some((pattern) => pattern.test(text))) return []
    const message = `Local path or registry host: ${text.trim().slice(0, 60)}`
    return [violation(file.path, index + 1, message)]
  })
}
