// Turns the TypeScript of one Markdown page into one module whose lines are the page's lines.
// A page is read from top to bottom, so a block sees what earlier blocks imported and declared; each
// block is a scope inside the one before, so it may declare the same names again. What an example takes
// for granted is declared out of sight, in a comment that starts `<!-- ts` and ends `-->`.

import ts from 'typescript'

/** A module made of a page's `ts` blocks. */
export type PageSource = {
  /** Line n is line n of the page; what has to stand at the top level comes after them. */
  readonly code: string
  readonly blockCount: number
  /** 1-based lines of the page that the last lines of `code` come from, in their order. */
  readonly hoistedLines: readonly number[]
  /** Fences that ask not to be checked, as 1-based lines. */
  readonly evasions: readonly number[]
}

type Block = { readonly kind: 'shown' | 'hidden' | 'other'; readonly lines: string[] }

type Gathered = {
  readonly hoisted: Map<string, { readonly text: string; readonly line: number }>
  readonly lines: string[]
  readonly evasions: number[]
  blockCount: number
}

const fence = /^ {0,3}```+\s*(\S*)\s*(.*)$/
const checked = /^(?:ts|typescript|tsx)$/

/** Reads a page; it throws nothing, for faulty code is the compiler's to report. */
export function pageSource(markdown: string): PageSource {
  const gathered: Gathered = { hoisted: new Map(), lines: [], evasions: [], blockCount: 0 }
  let block: Block | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    if (block === undefined) block = open(line, index + 1, gathered)
    else if (closes(block, line)) block = close(block, index, gathered)
    else block.lines.push(line)
  }
  return assemble(gathered)
}

function open(line: string, number: number, gathered: Gathered): Block | undefined {
  const [, language = '', rest = ''] = fence.exec(line) ?? []
  const isShown = checked.test(language)
  if (isShown && (language !== 'ts' || rest !== '')) gathered.evasions.push(number)
  if (isShown) gathered.blockCount++
  gathered.lines.push(isShown ? '{' : '')
  if (/^<!-- ts$/.test(line)) return { kind: 'hidden', lines: [] }
  if (fence.test(line)) return { kind: isShown ? 'shown' : 'other', lines: [] }
  return undefined
}

function closes(block: Block, line: string): boolean {
  return block.kind === 'hidden' ? line === '-->' : /^ {0,3}```+\s*$/.test(line)
}

function close(block: Block, lineIndex: number, gathered: Gathered): undefined {
  const firstLine = lineIndex - block.lines.length + 1
  const rest = block.kind === 'other' ? [] : withoutImports(block.lines, firstLine, gathered)
  for (const [offset, text] of rest.entries()) {
    if (block.kind === 'hidden') {
      const line = firstLine + offset
      gathered.hoisted.set(`line ${line}`, { text, line })
    }
  }
  const shown = block.lines.map((_, offset) => (block.kind === 'shown' ? (rest[offset] ?? '') : ''))
  gathered.lines.push(...shown, '')
}

function assemble(gathered: Gathered): PageSource {
  const { hoisted, lines, evasions, blockCount } = gathered
  const atTop = [...hoisted.values()]
  const closing = '}'.repeat(blockCount)
  const code = [...lines, closing, 'export {}', ...atTop.map((each) => each.text)].join('\n')
  return { code, blockCount, hoistedLines: atTop.map((each) => each.line), evasions }
}

// Imports may not stand inside a scope: they leave empty lines behind and are gathered, one per name.
function withoutImports(block: readonly string[], firstLine: number, gathered: Gathered): string[] {
  const text = block.join('\n')
  const ast = ts.createSourceFile('block.ts', text, ts.ScriptTarget.Latest, true)
  let rest = text
  for (const statement of ast.statements.filter(ts.isImportDeclaration)) {
    const [start, end] = [statement.getStart(ast), statement.getEnd()]
    const line = firstLine + ast.getLineAndCharacterOfPosition(start).line
    for (const each of namedImports(statement, ast)) {
      if (!gathered.hoisted.has(each)) gathered.hoisted.set(each, { text: each, line })
    }
    rest = rest.slice(0, start) + rest.slice(start, end).replaceAll(/[^\n]/g, ' ') + rest.slice(end)
  }
  return rest.split('\n')
}

function namedImports(statement: ts.ImportDeclaration, ast: ts.SourceFile): string[] {
  const from = statement.moduleSpecifier.getText(ast)
  const clause = statement.importClause
  const bindings = clause?.namedBindings
  if (clause === undefined || bindings === undefined || !ts.isNamedImports(bindings)) {
    return [statement.getText(ast)]
  }
  const type = clause.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type ' : ''
  return bindings.elements.map((each) => `import { ${type}${each.getText(ast)} } from ${from}`)
}
