// The pages of the API reference, as texts: one for each package that applications import, and a list of them.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { type Exported, exportsOf } from './exports-of.ts'
import { docOf, fenced, signatureOf } from './render-declaration.ts'

// Generated codecs, and a program.
const left = new Set(['wire', 'cli'])

type ReferencePackage = { readonly name: string; readonly entries: readonly Entry[] }

type Entry = { readonly specifier: string; readonly exports: readonly Exported[] }

/** Texts of the pages by their file names; `root` has the folder `packages`. */
export function referencePages(root: string): Map<string, string> {
  const names = globSync('packages/*/package.json', { cwd: root })
    .map((path) => path.split(/[\\/]/)[1] ?? '')
    .filter((name) => !left.has(name))
    .sort()
  const packages = names.map((name) => ({ name, entries: entriesOf(root, name) }))
  return new Map([
    ['README.md', contents(root, packages)],
    ...packages.map((each) => [`${each.name}.md`, page(root, each)] as const),
  ])
}

type Conditions = string | { readonly default: string }

function entriesOf(root: string, name: string): Entry[] {
  const folder = join(root, 'packages', name)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly exports?: Readonly<Record<string, Conditions>>
  }
  return Object.entries(manifest.exports ?? {}).map(([entry, conditions]) => {
    const file = typeof conditions === 'string' ? conditions : conditions.default
    const exports = exportsOf(join(folder, file)).sort(byName)
    return { specifier: `@posthorn/${name}${entry.slice(1)}`, exports }
  })
}

function byName(a: Exported, b: Exported): number {
  const [first, second] = [a.name ?? '', b.name ?? '']
  return first < second ? -1 : Number(first > second)
}

function contents(root: string, packages: readonly ReferencePackage[]): string {
  const rows = packages.map(({ name, entries }) => {
    const specifiers = entries.map(({ specifier }) => `\`${specifier}\``).join(', ')
    return `| [${name}](${name}.md) | ${specifiers} | ${readme(root, name, 'README')} |`
  })
  const table = ['| package | import from | what it is for |', '| --- | --- | --- |', ...rows]
  return `# API reference

Everything that the packages export, with its doc comment. The [tutorials](../tutorials/README.md) are where to begin; what
applications use most is the [client](client.md), the [content types](content.md) and the [vaults](keystore.md).

Written by \`node scripts/generate-reference.ts\`; the gate fails while a page is not what it would write. Left out are \`wire\`,
which is generated from [protos](../../protos/PROVENANCE.md), and the [command line](../../packages/cli/README.md).

${table.join('\n')}
`
}

// Small packages have none.
function readme(root: string, name: string, text: string): string {
  const path = `packages/${name}/README.md`
  return existsSync(join(root, path)) ? `[${text}](../../${path})` : ''
}

function page(root: string, { name, entries }: ReferencePackage): string {
  const sections = entries.flatMap(section)
  const link = readme(root, name, 'Its README')
  const intro = `What \`@posthorn/${name}\` exports.${link === '' ? '' : ` ${link} says what for.`}`
  return `${[`# @posthorn/${name}`, intro, ...sections].join('\n\n')}\n`
}

function section({ specifier, exports }: Entry): string[] {
  const elsewhere = exports.flatMap((each) => (each.kind === 'elsewhere' ? [pointer(each)] : []))
  const here = exports.filter((each) => each.kind === 'declared')
  const values = here.filter(({ declarations }) => !declarations.some(isType))
  const types = here.filter(({ declarations }) => declarations.some(isType))
  return [
    `## ${specifier}`,
    ...(elsewhere.length > 0 ? [elsewhere.join('\n')] : []),
    ...values.flatMap(item),
    ...types.flatMap(item),
  ]
}

function pointer({ name, from }: Exported & { kind: 'elsewhere' }): string {
  const what = name === undefined ? 'Everything' : `\`${name}\``
  const page = /^@posthorn\/([^/]+)/.exec(from)?.[1]
  return page === undefined ? `- ${what} of \`${from}\`` : `- ${what} of [${from}](${page}.md)`
}

function item({ name, declarations }: Exported & { kind: 'declared' }): string[] {
  const shown = declarations.length > 1 ? declarations.filter(isNoImplementation) : declarations
  const code = shown.map((each) => signatureOf(each, name)).join('\n\n')
  const docs = shown.map(docOf).filter((text) => text !== '')
  return [`### ${name}`, fenced(code), ...new Set(docs)]
}

// Of overloads the last one, with the body, is nobody's to call.
function isNoImplementation(declaration: ts.Node): boolean {
  return !ts.isFunctionDeclaration(declaration) || declaration.body === undefined
}

function isType(declaration: ts.Node): boolean {
  return ts.isTypeAliasDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)
}
