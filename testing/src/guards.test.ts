// Every guard is shown the sins that it is there to find (testing/sins). A tool that an upgrade has
// silently blinded fails here, not in a year.

import { execFile } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { checkLinks } from '../../scripts/docs/check-links.ts'
import { checkPages } from '../../scripts/docs/check-pages.ts'
import { type Guard, runGuard } from '../../scripts/guards/guard.ts'
import { guards } from '../../scripts/guards/index.ts'
import { layers, mayImport } from '../../scripts/guards/layers.ts'
import { readTree } from '../../scripts/guards/tree.ts'
import { wireDrift } from '../../scripts/wire-drift.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const root = join(import.meta.dirname, '../..')
const sins = join(import.meta.dirname, '../sins')
const run = promisify(execFile)

describe.each(guards)('guard $name', (guard) => {
  it('finds every planted sin and nothing else', async () => {
    const places = markedLines(guard.name)
    expect(places).not.toEqual([])
    expect(await errorsOf(guard, guard.name)).toEqual(places)
  })

  it('passes the clean house', async () => {
    expect(await errorsOf(guard, 'clean')).toEqual([])
  })

  it('fails when it has nothing to inspect', async () => {
    const empty = { root: sins, packages: [], sources: [], texts: [] }
    const { findings } = await runGuard(guard, empty)
    expect(findings.map((each) => each.severity)).toContain('error')
  })
})

describe('guard file-size', () => {
  it('lists files above the soft limit without failing', async () => {
    const guard = guards.find((each) => each.name === 'file-size')
    const verdict = await guard?.check(readTree(join(sins, 'file-size')))
    const notes = verdict?.findings.filter((each) => each.severity === 'note')
    expect(notes?.map((each) => each.file)).toEqual(['packages/bytes/src/long.ts'])
  })
})

describe('layer table', () => {
  it('names exactly the packages that exist', () => {
    const { packages } = readTree(root, ['testing/sins'])
    expect(packages.map((each) => each.name).sort()).toEqual(Object.keys(layers).sort())
  })

  it('keeps siblings strangers except where listed', () => {
    expect(mayImport('node', 'client')).toBe(false)
    expect(mayImport('store', 'transport')).toBe(false)
    expect(mayImport('bytes', 'errors')).toBe(true)
    expect(mayImport('errors', 'bytes')).toBe(false)
  })
})

describe('documentation', () => {
  it('reports code that does not compile and links that lead nowhere, at their lines', () => {
    const pages = ['testing/sins/docs/faulty.md']
    const problems = [...checkPages(root, pages).problems, ...checkLinks(root, pages)]
    const found = problems.map(({ page, line }) =>
      `${page}:${line}`.replace('testing/sins/docs/', ''),
    )
    expect(found.sort()).toEqual(markedLines('docs'))
  })

  it('accepts blocks that share imports, names and hidden assumptions', () => {
    const report = checkPages(root, ['testing/sins/docs/clean.md'])
    expect(report).toEqual({ blockCount: 2, problems: [] })
  })
})

describe('tools', () => {
  it('Biome finds a file whose name is not in kebab case', async () => {
    await using directory = await temporaryDirectory()
    cpSync(join(sins, 'filename-style'), directory.path, { recursive: true })
    writeFileSync(join(directory.path, 'biome.json'), houseBiome())
    const report = await outputOf('biome', ['check', '--reporter=json'], directory.path)
    expect(report).toContain('useFilenamingConvention')
    expect(report).toContain('toHex.ts')
    expect(report).not.toContain('from-hex.ts')
  })

  it('Knip finds a dead file and a dead export', async () => {
    await using directory = await temporaryDirectory()
    cpSync(join(sins, 'dead-code'), directory.path, { recursive: true })
    cpSync(join(root, 'knip.json'), join(directory.path, 'knip.json'))
    const report = await outputOf('knip', ['--no-config-hints'], directory.path)
    expect(report).toMatch(/Unused files \(1\)\s+packages\/bytes\/src\/dead-file\.ts/)
    expect(report).toMatch(/Unused exports \(1\)\s+unusedExport/)
  })

  it('generated wire code that differs from its source is found', () => {
    const drift = wireDrift(join(sins, 'wire-drift/fresh'), join(sins, 'wire-drift/checked-in'))
    expect(drift).toEqual(['changed.ts', 'removed.ts', 'v1/added.ts'])
  })
})

function markedLines(name: string): string[] {
  return readTree(join(sins, name))
    .texts.flatMap(({ path, text }) =>
      text.split('\n').map((line, index) => (/\bsin\b/.test(line) ? `${path}:${index + 1}` : '')),
    )
    .filter((place) => place !== '')
    .sort()
}

async function errorsOf(guard: Guard, name: string): Promise<string[]> {
  const { findings } = await runGuard(guard, readTree(join(sins, name)))
  const errors = findings.filter((each) => each.severity === 'error')
  return [...new Set(errors.map(({ file, line }) => `${file}:${line}`))].sort()
}

// The real rules, without what ties them to this repository.
function houseBiome(): string {
  const { linter } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))
  return JSON.stringify({ linter, formatter: { enabled: false }, assist: { enabled: false } })
}

// Tools that find something exit with a failure; what they print counts.
async function outputOf(tool: string, args: readonly string[], cwd: string): Promise<string> {
  const options = { cwd, encoding: 'utf8' } as const
  const path = join(root, 'node_modules/.bin', tool)
  const result = await run(path, [...args], options).catch((error) => error)
  return `${result.stdout}${result.stderr}`
}
