// no-node-builtins: whatever a client is made of runs in browsers, workers and under Hermes.

import { builtinModules } from 'node:module'
import ts from 'typescript'
import { type Finding, type Guard, violation } from './guard.ts'
import { layers } from './layers.ts'
import { entryPaths, lineOf, resolveImport, type SourceFile, scope, type Tree } from './tree.ts'

const nodeGlobals = /^(?:Buffer|process|global|__dirname|__filename|require|setImmediate)$/
const highestPortableLayer = 3

// Reached only by its own entry.
const localStoreInSqlite = /^packages\/local-store\/src\/sqlite[./]/

/**
 * Layers 0 to 3 but for crypto's native back end, what transport's main entry reaches, client, and the local store
 * but for SQLite.
 */
export const noNodeBuiltins: Guard = {
  name: 'no-node-builtins',
  rule: "Layers 0 to 3, transport's main entry, client and the local store use nothing that only Node has",
  check(tree: Tree) {
    const sources = portableSources(tree)
    return { inspected: sources.length, findings: sources.flatMap(checkSource) }
  },
}

function portableSources(tree: Tree): SourceFile[] {
  const ofTransport = reachedByTransport(tree)
  return tree.sources.filter((source) => {
    if (source.isTest || source.path.startsWith('packages/crypto/src/native')) return false
    const layer = layers[source.packageName] ?? 0
    if (layer <= highestPortableLayer || source.packageName === 'client') return true
    if (source.packageName === 'local-store') return !localStoreInSqlite.test(source.path)
    return ofTransport.has(source)
  })
}

function reachedByTransport(tree: Tree): Set<SourceFile> {
  const entries = entryPaths(tree, `${scope}transport`)
  const reached = new Set<SourceFile>()
  const waiting = tree.sources.filter((source) => entries.includes(source.path))
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    if (reached.has(source)) continue
    reached.add(source)
    for (const { specifier, isTypeOnly } of source.imports) {
      if (specifier.startsWith('.') && !isTypeOnly)
        waiting.push(...resolveImport(tree, source, specifier))
    }
  }
  return reached
}

function checkSource(source: SourceFile): Finding[] {
  const imported = source.imports
    .filter(({ specifier }) => specifier.startsWith('node:') || builtinModules.includes(specifier))
    .map(({ specifier, line }) => violation(source.path, line, advice(specifier)))
  return [...imported, ...globalsOf(source)]
}

function globalsOf(source: SourceFile): Finding[] {
  const findings: Finding[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && nodeGlobals.test(node.text) && isReference(node)) {
      findings.push(violation(source.path, lineOf(source, node), advice(node.text)))
    }
    ts.forEachChild(node, visit)
  }
  visit(source.ast)
  return findings
}

/** Whether an identifier stands for a value of its scope, rather than naming a member or binding. */
export function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isQualifiedName(parent)) return parent.left === node
  const named = parent as { readonly name?: ts.Node; readonly propertyName?: ts.Node }
  return named.name !== node && named.propertyName !== node
}

function advice(name: string): string {
  return `${name} exists only in Node: take it through a port, or move this above layer 3`
}
