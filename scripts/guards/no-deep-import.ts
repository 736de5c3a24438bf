// no-deep-import: another package is entered by its doors, the entries of its `exports`.

import { posix } from 'node:path'
import { type Finding, type Guard, violation } from './guard.ts'
import { entryPaths, packageOf, type SourceFile, scope, type Tree } from './tree.ts'

/** Applies to tests too: they see other packages as users do. */
export const noDeepImport: Guard = {
  name: 'no-deep-import',
  rule: 'Other packages are imported by the entries of their exports only',
  check(tree: Tree) {
    const findings = tree.sources.flatMap((source) => checkSource(tree, source))
    return { inspected: tree.sources.length, findings }
  },
}

function checkSource(tree: Tree, source: SourceFile): Finding[] {
  return source.imports.flatMap(({ specifier, line }) => {
    const problem = specifier.startsWith('.')
      ? leavesPackage(source, specifier)
      : missesEntry(tree, specifier)
    return problem === undefined ? [] : [violation(source.path, line, problem)]
  })
}

function leavesPackage(source: SourceFile, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(source.path), specifier)
  if (target.startsWith(`packages/${source.packageName}/`)) return undefined
  return `${specifier} leaves the package: import the other package by its name`
}

function missesEntry(tree: Tree, specifier: string): string | undefined {
  const name = packageOf(specifier)
  const isHere = tree.packages.some((each) => `${scope}${each.name}` === name)
  if (!isHere || entryPaths(tree, specifier).length > 0) return undefined
  return `${specifier} is not an entry of ${name}: import one of its exports`
}
