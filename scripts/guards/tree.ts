// Describes a checkout to the guards: its packages, their sources parsed once, and every text file.
// TypeScript is pinned to 6: version 7 ships no parser for other programs, and a guard that cannot
// parse sees nothing. Guards therefore count what they inspected, and zero is a failure (guard.ts).

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import ts from 'typescript'

/** One `import`, `export from`, `import()`, `require()` or `import('…').Type` in a source. */
export type ImportStatement = {
  readonly specifier: string
  /** 1-based. */
  readonly line: number
  /** Erased before the program runs. */
  readonly isTypeOnly: boolean
}

/** A text file; `path` is relative to the root with forward slashes. */
export type TextFile = { readonly path: string; readonly text: string }

/** A parsed TypeScript source of a package. */
export type SourceFile = TextFile & {
  /** Folder name of the package, such as `protocol-v2`. */
  readonly packageName: string
  readonly ast: ts.SourceFile
  readonly imports: readonly ImportStatement[]
  /** Tests, their helpers and contract suites, by their names. */
  readonly isTest: boolean
  readonly isGenerated: boolean
}

/** The part of a package.json that the guards read. */
export type Manifest = {
  readonly name?: string
  readonly exports?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** A package below `packages/`. */
export type Package = {
  /** Folder name. */
  readonly name: string
  readonly manifestPath: string
  readonly manifestText: string
  readonly manifest: Manifest
  readonly sources: readonly SourceFile[]
}

/** A checkout, or a fixture that is shaped like one. */
export type Tree = {
  readonly root: string
  readonly packages: readonly Package[]
  readonly sources: readonly SourceFile[]
  readonly texts: readonly TextFile[]
}

const unversioned = new Set(['node_modules', '.git', '.posthorn', 'dist', 'coverage'])
const textNames = /(?:\.(?:ts|tsx|js|json|jsonc|md|yaml|yml|proto|sh|html|css|txt)|\/run|\/[A-Z]+)$/

// `x.test.ts`, `test-x.ts`, `contract.ts`, `contract-x.ts`, and all in folders `contract` or `testing`.
const testNames =
  /\.test\.ts$|\/test-[\w-]+\.ts$|\/contract(?:-[\w-]+)?\.ts$|\/(?:contract|testing)\//

/** Scope of this workspace's packages. */
export const scope = '@posthorn/'

/** Reads and parses the checkout at `root`; `skip` lists folders relative to it that are left out. */
export function readTree(root: string, skip: readonly string[] = []): Tree {
  const paths = listFiles(root, root, skip)
  const texts = paths
    .filter((path) => textNames.test(`/${path}`))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  const packages = texts
    .filter((file) => /^packages\/[^/]+\/package\.json$/.test(file.path))
    .map((file) => readPackage(file, texts))
  return { root, packages, sources: packages.flatMap((each) => each.sources), texts }
}

/** Files that an import can mean: several when `exports` has conditions, none when it leaves the tree. */
export function resolveImport(tree: Tree, from: SourceFile, specifier: string): SourceFile[] {
  const paths = specifier.startsWith('.')
    ? [posix.join(posix.dirname(from.path), specifier)]
    : entryPaths(tree, specifier)
  return tree.sources.filter((source) => paths.includes(source.path))
}

/**
 * Paths behind a package specifier by its `exports`, or none when it is not one of this workspace's.
 * Given `conditions`, only the one that a program with these conditions loads.
 */
export function entryPaths(
  tree: Tree,
  specifier: string,
  conditions?: readonly string[],
): string[] {
  if (!specifier.startsWith(scope)) return []
  const [name, ...rest] = specifier.slice(scope.length).split('/')
  const target = tree.packages.find((each) => each.name === name)
  if (target === undefined) return []
  const entry = rest.length === 0 ? '.' : `./${rest.join('/')}`
  const exports = target.manifest.exports as Readonly<Record<string, unknown>> | undefined
  const paths = pathsOf(exports?.[entry], conditions)
  return paths.map((path) => posix.join('packages', target.name, path))
}

/** The package that a bare specifier belongs to: `@a/b/c` is of `@a/b`, `node:fs` of itself. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}

/** 1-based line of a syntax node. */
export function lineOf(file: SourceFile, node: ts.Node): number {
  return file.ast.getLineAndCharacterOfPosition(node.getStart(file.ast)).line + 1
}

/** 1-based line of the first place where `needle` stands in a text, 1 when it does not. */
export function lineOfText(text: string, needle: string): number {
  const index = text.indexOf(needle)
  return index < 0 ? 1 : text.slice(0, index).split('\n').length
}

function listFiles(root: string, directory: string, skip: readonly string[]): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    const shown = relative(root, path).split(sep).join('/')
    if (unversioned.has(entry.name) || skip.includes(shown)) return []
    if (entry.isDirectory()) return listFiles(root, path, skip)
    return entry.isFile() ? [shown] : []
  })
}

function readPackage(file: TextFile, texts: readonly TextFile[]): Package {
  const folder = dirname(file.path)
  const name = posix.basename(folder)
  const sources = texts
    .filter((text) => text.path.startsWith(`${folder}/src/`) && text.path.endsWith('.ts'))
    .map((text) => readSource(text, name))
  const manifest = JSON.parse(file.text) as Manifest
  return { name, manifestPath: file.path, manifestText: file.text, manifest, sources }
}

function readSource(file: TextFile, packageName: string): SourceFile {
  const ast = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
  return {
    ...file,
    packageName,
    ast,
    imports: importsOf(ast),
    isTest: testNames.test(file.path),
    isGenerated: file.path.includes('/gen/'),
  }
}

function importsOf(ast: ts.SourceFile): ImportStatement[] {
  const found: ImportStatement[] = []
  const visit = (node: ts.Node): void => {
    const reference = referenceOf(node)
    if (reference !== undefined && ts.isStringLiteralLike(reference.specifier)) {
      const { line } = ast.getLineAndCharacterOfPosition(node.getStart(ast))
      const { isTypeOnly } = reference
      found.push({ specifier: reference.specifier.text, line: line + 1, isTypeOnly })
    }
    ts.forEachChild(node, visit)
  }
  visit(ast)
  return found
}

function referenceOf(node: ts.Node): { specifier: ts.Node; isTypeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) {
    const isTypeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    return { specifier: node.moduleSpecifier, isTypeOnly }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { specifier: node.moduleSpecifier, isTypeOnly: node.isTypeOnly }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: node.argument.literal, isTypeOnly: true }
  }
  const argument = ts.isCallExpression(node) ? node.arguments[0] : undefined
  if (argument === undefined || !ts.isCallExpression(node)) return undefined
  const callee = node.expression
  const loads =
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === 'require')
  return loads ? { specifier: argument, isTypeOnly: false } : undefined
}

function pathsOf(target: unknown, conditions?: readonly string[]): string[] {
  if (typeof target === 'string') return [target]
  if (typeof target !== 'object' || target === null) return []
  const holding = Object.entries(target).filter(([key]) => conditions?.includes(key) ?? true)
  const paths = holding.map(([, value]) => pathsOf(value, conditions))
  return conditions === undefined ? paths.flat() : (paths[0] ?? [])
}
