// Type-checks the code of Markdown pages against the packages, without writing anything to disk.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { type PageSource, pageSource } from './page-source.ts'

/** A place in a page that does not hold, `line` 1-based. */
export type PageProblem = { readonly page: string; readonly line: number; readonly message: string }

/** What became of a check. */
export type PagesReport = { readonly blockCount: number; readonly problems: readonly PageProblem[] }

/** Checks `pages`, paths relative to `root`, with the compiler options of the root's tsconfig.json. */
export function checkPages(root: string, pages: readonly string[]): PagesReport {
  const sources = new Map(
    pages.map((page) => {
      const source = pageSource(readFileSync(join(root, page), 'utf8'))
      return [join(root, `${page}.ts`), { page, source }] as const
    }),
  )
  const program = ts.createProgram([...sources.keys()], options(root), virtualHost(root, sources))
  const problems = [...sources].flatMap(([path, { page, source }]) => [
    ...source.evasions.map((line) => ({
      page,
      line,
      message: 'Fence with extra words: every block is plain "ts" and is checked',
    })),
    ...problemsOf(program, path, page, source),
  ])
  const blockCount = [...sources.values()].reduce((sum, each) => sum + each.source.blockCount, 0)
  return { blockCount, problems }
}

type Virtual = ReadonlyMap<string, { readonly source: PageSource }>

function virtualHost(root: string, sources: Virtual): ts.CompilerHost {
  const host = ts.createCompilerHost(options(root))
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => sources.has(path) || fileExists(path)
  host.readFile = (path) => sources.get(path)?.source.code ?? readFile(path)
  host.getSourceFile = (path, target, ...rest) => {
    const code = sources.get(path)?.source.code
    if (code === undefined) return getSourceFile(path, target, ...rest)
    return ts.createSourceFile(path, code, target)
  }
  host.getCurrentDirectory = () => root
  return host
}

function options(root: string): ts.CompilerOptions {
  const path = join(root, 'tsconfig.json')
  const config = existsSync(path) ? ts.readConfigFile(path, ts.sys.readFile).config : {}
  const parsed = ts.convertCompilerOptionsFromJson(config.compilerOptions, dirname(path)).options
  const { incremental, tsBuildInfoFile, ...kept } = parsed
  return { ...kept, declaration: false, isolatedDeclarations: false, noEmit: true }
}

function problemsOf(
  program: ts.Program,
  path: string,
  page: string,
  source: PageSource,
): PageProblem[] {
  const file = program.getSourceFile(path)
  if (file === undefined) return [{ page, line: 1, message: 'Page was not read' }]
  const diagnostics = [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]
  const hoistedStart = source.code.split('\n').length - source.hoistedLines.length
  return diagnostics.map((each) => {
    const { line } = file.getLineAndCharacterOfPosition(each.start ?? 0)
    const message = ts.flattenDiagnosticMessageText(each.messageText, ' ')
    return { page, line: source.hoistedLines[line - hoistedStart] ?? line + 1, message }
  })
}
