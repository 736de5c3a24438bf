// generations-are-strangers: protocol generations never meet, so that one can be deleted whole.

import { type Finding, type Guard, violation } from './guard.ts'
import { lineOfText, type Package, packageOf, scope, type Tree } from './tree.ts'

const generation = /^protocol-v\d+$/

/** Applies to manifests, sources and tests. */
export const generationsAreStrangers: Guard = {
  name: 'generations-are-strangers',
  rule: 'A protocol generation never imports another one',
  check(tree: Tree) {
    const generations = tree.packages.filter((each) => generation.test(each.name))
    const inspected = generations.flatMap((each) => each.sources).length
    return { inspected, findings: generations.flatMap(checkGeneration) }
  },
}

function checkGeneration(each: Package): Finding[] {
  const { dependencies, devDependencies, peerDependencies } = each.manifest
  const inManifest = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies })
    .filter((name) => isOther(each, name))
    .map((name) => {
      const line = lineOfText(each.manifestText, `"${name}":`)
      return violation(each.manifestPath, line, message(each, name))
    })
  const inSources = each.sources.flatMap((source) =>
    source.imports
      .filter(({ specifier }) => isOther(each, packageOf(specifier)))
      .map(({ specifier, line }) => violation(source.path, line, message(each, specifier))),
  )
  return [...inManifest, ...inSources]
}

function isOther(each: Package, name: string): boolean {
  const folder = name.startsWith(scope) ? name.slice(scope.length) : ''
  return generation.test(folder) && folder !== each.name
}

function message(each: Package, specifier: string): string {
  return `${each.name} may not know ${specifier}: what both need belongs to a lower layer`
}
