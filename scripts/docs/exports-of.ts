// What a source exports, with the declarations that are behind it. No types are computed: exports say their
// types themselves (`isolatedDeclarations`), so that parsing is enough, and fast.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

/** A declaration that can be shown. */
export type Declaration =
  | ts.FunctionDeclaration
  | ts.VariableStatement
  | ts.TypeAliasDeclaration
  | ts.InterfaceDeclaration
  | ts.ClassDeclaration

/** An export of a source. */
export type Exported =
  | {
      readonly kind: 'declared'
      readonly name: string
      /** Several for overloaded functions. */
      readonly declarations: readonly Declaration[]
    }
  /** Of another package; without a name all of its exports. */
  | { readonly kind: 'elsewhere'; readonly name: string | undefined; readonly from: string }

/** The exports of the source at `path`, those of files that it passes on included. */
export function exportsOf(path: string): Exported[] {
  const source = parse(path)
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return passedOn(statement, { path, source })
    return isDeclaration(statement) && isExported(statement)
      ? namesOf(statement).map((name) => declared(name, source))
      : []
  })
}

const parsed = new Map<string, ts.SourceFile>()

function parse(path: string): ts.SourceFile {
  const known = parsed.get(path)
  if (known !== undefined) return known
  const text = readFileSync(path, 'utf8')
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  parsed.set(path, source)
  return source
}

type Place = { readonly path: string; readonly source: ts.SourceFile }

function passedOn(statement: ts.ExportDeclaration, { path, source }: Place): Exported[] {
  const { moduleSpecifier: specifier, exportClause: clause } = statement
  const from = specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined
  if (clause === undefined) {
    if (from === undefined) return []
    if (!from.startsWith('.')) return [{ kind: 'elsewhere', name: undefined, from }]
    return exportsOf(join(dirname(path), from))
  }
  if (!ts.isNamedExports(clause)) return []
  return clause.elements.map(({ name, propertyName }) => {
    const wanted = (propertyName ?? name).text
    if (from === undefined) return imported(source, { name: name.text, wanted, path })
    return resolve({ from, name: name.text, wanted, path })
  })
}

type Wanted = { readonly name: string; readonly wanted: string; readonly path: string }

function resolve({ from, name, wanted, path }: Wanted & { readonly from: string }): Exported {
  if (!from.startsWith('.')) return { kind: 'elsewhere', name, from }
  const found = exportsOf(join(dirname(path), from)).find((each) => each.name === wanted)
  if (found === undefined) throw new TypeError(`${path} passes on ${wanted}, which ${from} has not`)
  return { ...found, name }
}

// `export { x }` of something that the file imports or declares itself.
function imported(source: ts.SourceFile, { name, wanted, path }: Wanted): Exported {
  for (const statement of source.statements.filter(ts.isImportDeclaration)) {
    const bindings = statement.importClause?.namedBindings
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue
    const element = bindings.elements.find((each) => each.name.text === wanted)
    if (element === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) continue
    const inner = (element.propertyName ?? element.name).text
    return resolve({ from: statement.moduleSpecifier.text, name, wanted: inner, path })
  }
  return { ...declared(wanted, source), name }
}

function declared(name: string, source: ts.SourceFile): Exported & { kind: 'declared' } {
  const all = source.statements.filter(isDeclaration)
  return {
    kind: 'declared',
    name,
    declarations: all.filter((each) => namesOf(each).includes(name)),
  }
}

function isDeclaration(statement: ts.Statement): statement is Declaration {
  return (
    ts.isFunctionDeclaration(statement) ||
    ts.isVariableStatement(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isClassDeclaration(statement)
  )
}

function isExported(statement: Declaration): boolean {
  return statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false
}

function namesOf(statement: Declaration): string[] {
  if (!ts.isVariableStatement(statement)) return statement.name ? [statement.name.text] : []
  return statement.declarationList.declarations.map(({ name }) => name.getText())
}
