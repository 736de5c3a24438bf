// imports-go-down: packages import downwards, and every import is declared where it belongs.

import { type Finding, type Guard, violation } from './guard.ts'
import { layers, mayImport } from './layers.ts'
import {
  lineOfText,
  type Package,
  packageOf,
  resolveImport,
  type SourceFile,
  scope,
  type Tree,
} from './tree.ts'

/** Manifests and imports follow the layer table; imports are declared in the importer's manifest. */
export const importsGoDown: Guard = {
  name: 'imports-go-down',
  rule: 'Packages import only packages of lower layers, and declare what they import',
  check(tree: Tree) {
    const findings = tree.packages.flatMap((each) => [
      ...checkPlace(each),
      ...checkManifest(each),
      ...each.sources
        .filter((source) => !source.isTest)
        .flatMap((source) => [...checkSource(each, source), ...checkHelpers(tree, source)]),
    ])
    return { inspected: tree.sources.length, findings }
  },
}

function checkPlace(each: Package): Finding[] {
  if (layers[each.name] !== undefined) return []
  const message = `Package ${each.name} has no layer: give it one in scripts/guards/layers.ts`
  return [violation(each.manifestPath, 1, message)]
}

function checkManifest(each: Package): Finding[] {
  return Object.keys(declared(each))
    .filter((name) => name.startsWith(scope) && !mayImport(each.name, name.slice(scope.length)))
    .map((name) => {
      const line = lineOfText(each.manifestText, `"${name}":`)
      return violation(each.manifestPath, line, upwards(each.name, name))
    })
}

function checkSource(each: Package, source: SourceFile): Finding[] {
  return source.imports.flatMap(({ specifier, line }) => {
    if (specifier.startsWith('.') || specifier.startsWith('node:')) return []
    const name = packageOf(specifier)
    const isInternal = name.startsWith(scope)
    const folder = name.slice(scope.length)
    if (isInternal && folder !== each.name && !mayImport(each.name, folder)) {
      return [violation(source.path, line, upwards(each.name, name))]
    }
    if (name in declared(each) || folder === each.name) return []
    const message = `${name} is imported but not declared: add it to ${each.manifestPath}`
    return [violation(source.path, line, message)]
  })
}

// A test's helper may import anything, so it must not become part of a program.
function checkHelpers(tree: Tree, source: SourceFile): Finding[] {
  return source.imports
    .filter(({ specifier }) => resolveImport(tree, source, specifier).some((each) => each.isTest))
    .map(({ specifier, line }) => {
      const message = `${specifier} is of the tests: sources do not import it`
      return violation(source.path, line, message)
    })
}

function declared(each: Package): Readonly<Record<string, string>> {
  const { dependencies, optionalDependencies, peerDependencies } = each.manifest
  return { ...dependencies, ...optionalDependencies, ...peerDependencies }
}

function upwards(from: string, name: string): string {
  const [above, below] = [layers[from] ?? '?', layers[name.slice(scope.length)] ?? '?']
  return `${from} (layer ${above}) may not import ${name} (layer ${below}): move the code down or pass it in`
}
