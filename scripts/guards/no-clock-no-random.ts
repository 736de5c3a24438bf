// no-clock-no-random: time, timers and chance come in through parameters, so that tests and
// simulations own them.

import { posix } from 'node:path'
import ts from 'typescript'
import { type Finding, type Guard, violation } from './guard.ts'
import { isReference } from './no-node-builtins.ts'
import { lineOf, type SourceFile, type Tree } from './tree.ts'

const timers =
  /^(?:setTimeout|setInterval|setImmediate|clearTimeout|clearInterval|requestIdleCallback)$/
const members: Readonly<Record<string, RegExp>> = {
  Date: /^now$/,
  Math: /^random$/,
  performance: /^now$|^timeOrigin$/,
  process: /^hrtime$|^uptime$/,
  AbortSignal: /^timeout$/,
  globalThis: /^(?:setTimeout|setInterval|setImmediate)$/,
}
const drawing = /^(?:getRandomValues|randomUUID)$/
const drawn = /^(?:random\w*|getRandomValues|webcrypto)$/
const owners = new Set(['system-clock.ts', 'system-random.ts'])

/** Everything but tests, the command line, the system's clock and chance, and crypto's back ends. */
export const noClockNoRandom: Guard = {
  name: 'no-clock-no-random',
  rule: 'Time, timers and randomness are parameters; only the files that own them touch the real ones',
  check(tree: Tree) {
    const sources = tree.sources.filter((source) => !source.isTest && !isExempt(source))
    return { inspected: sources.length, findings: sources.flatMap(checkSource) }
  },
}

function isExempt(source: SourceFile): boolean {
  if (source.packageName === 'cli' || source.isGenerated) return true
  if (owners.has(posix.basename(source.path))) return true
  return /^packages\/crypto\/src\/(?:native|web|noble|random)\b/.test(source.path)
}

function checkSource(source: SourceFile): Finding[] {
  const findings: Finding[] = []
  const visit = (node: ts.Node): void => {
    const name = ambient(node)
    if (name !== undefined) {
      const message = `${name} is ambient: take a clock or a random source as a parameter`
      findings.push(violation(source.path, lineOf(source, node), message))
    }
    ts.forEachChild(node, visit)
  }
  visit(source.ast)
  return findings
}

function ambient(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node)) return ambientIdentifier(node)
  if (ts.isPropertyAccessExpression(node)) return ambientMember(node)
  if (ts.isImportDeclaration(node)) return ambientImport(node)
  const isNow = ts.isNewExpression(node) && (node.arguments?.length ?? 0) === 0
  const isText = ts.isCallExpression(node)
  if (!isNow && !isText) return undefined
  const { expression } = node
  return ts.isIdentifier(expression) && expression.text === 'Date' ? 'The current date' : undefined
}

function ambientIdentifier(node: ts.Identifier): string | undefined {
  return timers.test(node.text) && isReference(node) && !isInType(node) ? node.text : undefined
}

function ambientMember(node: ts.PropertyAccessExpression): string | undefined {
  const { expression, name } = node
  if (drawing.test(name.text)) return name.text
  const owner = ownerName(expression)
  if (!Object.hasOwn(members, owner)) return undefined
  return members[owner]?.test(name.text) ? `${owner}.${name.text}` : undefined
}

// `Date` in `Date.now` as well as in `globalThis.Date.now`.
function ownerName(expression: ts.Expression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text
  return ts.isIdentifier(expression) ? expression.text : ''
}

function ambientImport(node: ts.ImportDeclaration): string | undefined {
  const specifier = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : ''
  if (/^(?:node:)?timers(?:\/promises)?$/.test(specifier)) return specifier
  const bindings = node.importClause?.namedBindings
  if (!/^(?:node:)?crypto$/.test(specifier) || bindings === undefined) return undefined
  if (!ts.isNamedImports(bindings)) return undefined
  const names = bindings.elements.map((each) => (each.propertyName ?? each.name).text)
  return names.find((name) => drawn.test(name))
}

// `typeof setTimeout` in a type describes a port; it does not call the timer.
function isInType(node: ts.Identifier): boolean {
  return ts.isTypeQueryNode(node.parent)
}
