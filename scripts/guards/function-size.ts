// function-size: a function is read in one look, and called without counting arguments.

import ts from 'typescript'
import { type Finding, type Guard, violation } from './guard.ts'
import { lineOf, type SourceFile, type Tree } from './tree.ts'

const maxLines = 80
const maxParameters = 3

/** Applies to sources, not to tests. */
export const functionSize: Guard = {
  name: 'function-size',
  rule: `Functions have at most ${maxLines} lines and ${maxParameters} parameters`,
  check(tree: Tree) {
    const sources = tree.sources.filter((source) => !source.isTest && !source.isGenerated)
    return { inspected: sources.length, findings: sources.flatMap(checkSource) }
  },
}

function checkSource(source: SourceFile): Finding[] {
  const findings: Finding[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node) findings.push(...checkFunction(source, node))
    ts.forEachChild(node, visit)
  }
  visit(source.ast)
  return findings
}

function checkFunction(source: SourceFile, node: ts.SignatureDeclaration): Finding[] {
  const start = lineOf(source, node)
  const end = source.ast.getLineAndCharacterOfPosition(node.getEnd()).line + 1
  const lines = end - start + 1
  const count = node.parameters.length
  const problems = [
    lines > maxLines && `Function of ${lines} lines, at most ${maxLines}: name its parts`,
    count > maxParameters && `${count} parameters, at most ${maxParameters}: take options`,
  ]
  return problems.flatMap((each) => (each === false ? [] : [violation(source.path, start, each)]))
}
