// no-cycles: no file imports itself by a detour, not even for types, within or across packages.

import { type Finding, type Guard, violation } from './guard.ts'
import { resolveImport, type SourceFile, type Tree } from './tree.ts'

type Visit = 'open' | 'done'

/** One finding for each import that closes a circle. */
export const noCycles: Guard = {
  name: 'no-cycles',
  rule: 'Files never import one another in a circle',
  check(tree: Tree) {
    const visits = new Map<SourceFile, Visit>()
    const findings = tree.sources.flatMap((source) => walk(tree, source, visits, []))
    return { inspected: tree.sources.length, findings }
  },
}

function walk(
  tree: Tree,
  source: SourceFile,
  visits: Map<SourceFile, Visit>,
  trail: readonly SourceFile[],
): Finding[] {
  if (visits.has(source)) return []
  visits.set(source, 'open')
  const path = [...trail, source]
  const findings = source.imports.flatMap(({ specifier, line }) =>
    resolveImport(tree, source, specifier).flatMap((target) =>
      visits.get(target) === 'open'
        ? [violation(source.path, line, describe(path, target))]
        : walk(tree, target, visits, path),
    ),
  )
  visits.set(source, 'done')
  return findings
}

function describe(path: readonly SourceFile[], target: SourceFile): string {
  const circle = [...path.slice(path.indexOf(target)), target].map((source) => source.path)
  return `Circle ${circle.join(' -> ')}: move what they share to a file of its own`
}
