// no-bare-errors: every failure is of a family of @posthorn/errors and has a stable code.

import ts from 'typescript'
import { type Finding, type Guard, violation } from './guard.ts'
import { lineOf, type SourceFile, type Tree } from './tree.ts'

const bare =
  /^(?:Error|TypeError|RangeError|SyntaxError|ReferenceError|EvalError|URIError|AggregateError)$/

/** Applies to sources, not to tests. */
export const noBareErrors: Guard = {
  name: 'no-bare-errors',
  rule: 'Sources make only errors of the families of @posthorn/errors',
  check(tree: Tree) {
    const sources = tree.sources.filter((source) => !source.isTest && !source.isGenerated)
    return { inspected: sources.length, findings: sources.flatMap(checkSource) }
  },
}

function checkSource(source: SourceFile): Finding[] {
  const findings: Finding[] = []
  const visit = (node: ts.Node): void => {
    const isMade = ts.isNewExpression(node) || ts.isCallExpression(node)
    if (isMade && ts.isIdentifier(node.expression) && bare.test(node.expression.text)) {
      const message = `Bare ${node.expression.text}: use a family of @posthorn/errors with a code`
      findings.push(violation(source.path, lineOf(source, node), message))
    }
    ts.forEachChild(node, visit)
  }
  visit(source.ast)
  return findings
}
