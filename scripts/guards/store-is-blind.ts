// store-is-blind: a store keeps bytes; it knows neither keys nor protocols.

import { type Finding, type Guard, violation } from './guard.ts'
import { decryptingModules } from './node-cannot-decrypt.ts'
import { lineOfText, type Package, packageOf, type SourceFile, scope, type Tree } from './tree.ts'

const allowed = ['errors', 'bytes', 'wire', 'envelope'].map((name) => `${scope}${name}`)

/** Checks the manifest, the imports, and what all of them together can load. */
export const storeIsBlind: Guard = {
  name: 'store-is-blind',
  rule: 'store imports only errors, bytes, wire and envelope, and nothing it loads holds keys',
  async check(tree: Tree) {
    const store = tree.packages.find((each) => each.name === 'store')
    const sources = store?.sources.filter((source) => !source.isTest) ?? []
    if (store === undefined || sources.length === 0) return { inspected: 0, findings: [] }
    const { reached, findings } = await decryptingModules(
      tree,
      sources.map((source) => source.path),
    )
    const direct = [...checkManifest(store), ...sources.flatMap(checkImports)]
    return { inspected: reached, findings: [...direct, ...findings] }
  },
}

function checkManifest(store: Package): Finding[] {
  return Object.keys(store.manifest.dependencies ?? {})
    .filter(isForeign)
    .map((name) => {
      const line = lineOfText(store.manifestText, `"${name}":`)
      return violation(store.manifestPath, line, advice(name))
    })
}

function checkImports(source: SourceFile): Finding[] {
  return source.imports
    .filter(({ specifier }) => isForeign(packageOf(specifier)))
    .map(({ specifier, line }) => violation(source.path, line, advice(specifier)))
}

function isForeign(name: string): boolean {
  return name.startsWith(scope) && name !== `${scope}store` && !allowed.includes(name)
}

function advice(name: string): string {
  return `store may not know ${name}: pass what it needs as a parameter`
}
