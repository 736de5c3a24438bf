// The codes of the errors that the packages make, read from where their sources make them.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** Where one code is made. */
export type ErrorCode = {
  /** For instance `rate/exceeded`; what follows a beginning that is put together at run time is `*`. */
  readonly code: string
  /** Names of families without `Error`; empty where a code is handed on without one. */
  readonly families: ReadonlySet<string>
}

const family =
  /^(Usage|Codec|Validation|Verification|NotFound|Admission|Transport|Storage|Internal)Error$/
const codeForm = /^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*(?:\*|$)/
const sources = 'packages/*/src/**/*.ts'
const notShipped = /\.test\.ts$|\/test-[\w-]+\.ts$|\/gen\/|\/contract[/.-]|\/testing\//

/** All codes that the packages below `root` make. */
export function errorCodes(root: string): Map<string, ErrorCode> {
  const found = new Map<string, Set<string>>()
  const paths = globSync(sources, { cwd: root }).filter((path) => !notShipped.test(path))
  for (const path of paths) {
    const text = readFileSync(join(root, path), 'utf8')
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    visit(source, (code, name) => {
      const families = found.get(code) ?? new Set()
      found.set(code, name === undefined ? families : families.add(name))
    })
  }
  return new Map([...found].map(([code, families]) => [code, { code, families }]))
}

type OnCode = (code: string, family: string | undefined) => void

function visit(node: ts.Node, onCode: OnCode): void {
  const [expressions, name] = codesAt(node)
  for (const expression of expressions) {
    for (const code of textsOf(expression)) if (codeForm.test(code)) onCode(code, name)
  }
  ts.forEachChild(node, (child) => visit(child, onCode))
}

// A code is the first argument of a family, stands beside a family in a table, is a property `code`, or takes
// the place of another error's code.
function codesAt(node: ts.Node): readonly [readonly ts.Expression[], string?] {
  if (ts.isNewExpression(node)) {
    const name = familyOf(node.expression)
    return name === undefined ? [[]] : [(node.arguments ?? []).slice(0, 1), name]
  }
  if (ts.isArrayLiteralExpression(node)) {
    const [first, second] = node.elements
    const name = first && familyOf(first)
    return name === undefined || second === undefined ? [[]] : [[second], name]
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') return [[node.initializer]]
  if (ts.isConditionalExpression(node) && /\.code$/.test(node.whenTrue.getText())) {
    return [[node.whenFalse]]
  }
  return [[]]
}

function familyOf(expression: ts.Expression): string | undefined {
  return ts.isIdentifier(expression) ? family.exec(expression.text)?.[1] : undefined
}

function textsOf(expression: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(expression)) return [expression.text]
  if (ts.isTemplateExpression(expression)) return [`${expression.head.text}*`]
  if (!ts.isConditionalExpression(expression)) return []
  return [expression.whenTrue, expression.whenFalse].flatMap(textsOf)
}
