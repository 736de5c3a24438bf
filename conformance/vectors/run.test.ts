import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Crypto, loadCrypto } from '@posthorn/crypto'
import { ValidationError } from '@posthorn/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Checker, checkCase } from './checker.ts'
import { type Fields, isFields, type Json } from './fields.ts'
import { checkers } from './kinds.ts'
import type { CaseResult } from './run-file.ts'
import { runFolder } from './run-folder.ts'
import { parseVectorFile } from './vector-file.ts'

const crypto = await loadCrypto()
const vectors = join(import.meta.dirname, '../../vectors')
const ownVectors = join(vectors, 'v2')
const run = join(import.meta.dirname, 'run.ts')

async function resultsOf(folder: string, backend: Crypto = crypto): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for await (const result of runFolder(folder, { crypto: backend, checkers })) results.push(result)
  return results
}

/** A JSON value that differs from the given one. */
function changed(value: Json): Json {
  if (typeof value === 'string') return value === '' ? 'x' : value.slice(0, -1)
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (isFields(value)) return { ...value, planted: true }
  return Array.isArray(value) ? [...value, 'planted'] : 'planted'
}

describe('our own vectors', () => {
  it.each(['native', 'web', 'noble'] as const)('all pass on the %s back end', async (backend) => {
    const results = await resultsOf(ownVectors, await loadCrypto({ backend }))
    expect(results.filter(({ failure }) => failure !== undefined)).toEqual([])
    expect(results.length).toBeGreaterThan(0)
  })

  it.each(Object.keys(checkers))(
    'of kind %s fail as soon as one expectation is another',
    async (kind) => {
      const checker = checkers[kind]
      if (checker === undefined) return expect.unreachable()
      const { cases } = parseVectorFile(await readFile(fileOf(kind), 'utf8'))
      for (const { name, input, expect: wanted } of cases) {
        for (const [field, value] of Object.entries(wanted)) {
          if (checker.informative?.includes(field)) continue
          const planted = { ...wanted, [field]: changed(value) }
          const failure = await failureOf(checker, input, planted)
          expect(failure, `${name}: ${field} is not checked`).toBeTypeOf('string')
        }
      }
    },
  )
})

/** The vectors of a kind; those that refuse content lie beside those of content. */
function fileOf(kind: string): string {
  return kind === 'content_refused'
    ? join(vectors, 'content/refused.json')
    : join(ownVectors, `${kind}.json`)
}

async function failureOf(
  checker: Checker,
  input: Fields,
  wanted: Fields,
): Promise<string | undefined> {
  try {
    return await checkCase(checker, { crypto, input, expect: wanted })
  } catch (error) {
    return String(error)
  }
}

describe('checkCase', () => {
  const double: Checker = {
    informative: ['comment'],
    compute({ input }) {
      if (input['n'] === 0) throw new ValidationError('test/zero', 'Double: found 0, wanted more')
      return { doubled: Number(input['n']) * 2, parts: { half: Number(input['n']) / 2 } }
    },
  }

  it.each<[string, Fields, Fields]>([
    ['a fact that holds', { n: 2 }, { doubled: 4 }],
    ['a nested fact that holds', { n: 2 }, { parts: { half: 1 } }],
    ['an informative field beside it', { n: 2 }, { doubled: 4, comment: 'anything' }],
    ['a refusal', { n: 0 }, { refused: true, reason: 'zero' }],
    ['a refusal in other words', { n: 0 }, { accepted: false }],
    ['acceptance', { n: 2 }, { accepted: true, doubled: 4 }],
  ])('passes %s', async (_, input, wanted) => {
    expect(await failureOf(double, input, wanted)).toBeUndefined()
  })

  it.each<[string, Fields, Fields]>([
    ['another fact', { n: 2 }, { doubled: 5 }],
    ['another type', { n: 2 }, { doubled: '4' }],
    ['a field that nobody computes', { n: 2 }, { doubled: 4, tripled: 6 }],
    ['a nested field that nobody computes', { n: 2 }, { parts: { half: 1, third: 1 } }],
    ['a nested field that nobody expects', { n: 2 }, { parts: {} }],
    ['no expectation', { n: 2 }, {}],
    ['an informative field alone', { n: 2 }, { comment: 'anything' }],
    ['a refusal that was not expected', { n: 0 }, { doubled: 0 }],
    ['a refusal that did not happen', { n: 2 }, { refused: true }],
    ['a refusal that did not happen, in other words', { n: 2 }, { accepted: false }],
    ['acceptance that did not happen', { n: 0 }, { accepted: true }],
    ['a reason for what was accepted', { n: 2 }, { doubled: 4, reason: 'none' }],
    ['a refusal with more to it', { n: 0 }, { refused: true, doubled: 0 }],
  ])('fails %s', async (_, input, wanted) => {
    expect(await failureOf(double, input, wanted)).toBeTypeOf('string')
  })

  it('does not take a bug of the checker for a refusal', async () => {
    const broken: Checker = {
      compute() {
        throw new TypeError('not a function')
      },
    }
    expect(await failureOf(broken, {}, { refused: true })).toBe('TypeError: not a function')
  })
})

describe('a folder of vectors', () => {
  const alice = '0x55b023afbd378a433336a18c5a53231a2d433d6a'
  const contact = '/xmtp/0/contact-0x55b023Afbd378a433336A18C5a53231a2d433d6a/proto'
  const good = { name: 'good', input: { address: alice, peer: alice }, expect: { contact } }
  let folder = ''

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vectors-'))
  })

  afterEach(async () => {
    await rm(folder, { recursive: true })
  })

  const plant = (name: string, content: unknown): Promise<void> =>
    writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))

  const failures = async (): Promise<string[]> => {
    const failed = (await resultsOf(folder)).filter(({ failure }) => failure !== undefined)
    return failed.map(({ kind, name }) => `${kind} ${name}`)
  }

  it('is judged by the kind that each file names', async () => {
    await plant('any-name.json', { kind: 'topics', made_by: 'test', cases: [good] })
    expect(await failures()).toEqual([])
  })

  it('fails every case of an unknown kind, also of one that objects inherit', async () => {
    await plant('a.json', { kind: 'toString', cases: [good, { ...good, name: 'second' }] })
    expect(await failures()).toEqual(['toString good', 'toString second'])
  })

  it.each([
    ['not JSON', '{'],
    ['not an object', '[]'],
    ['no cases', { kind: 'topics' }],
    ['no kind', { cases: [good] }],
    ['a case without input', { kind: 'topics', cases: [{ name: 'x', expect: {} }] }],
    ['a case without expectation', { kind: 'topics', cases: [{ name: 'x', input: {} }] }],
  ])('fails a file with %s under its name', async (_, content) => {
    await plant('bad.json', content)
    expect(await failures()).toEqual(['file bad.json'])
  })

  it('fails when its index counts other cases', async () => {
    await plant('topics.json', { kind: 'topics', cases: [good] })
    await plant('index.json', { total: 1, files: { topics: 1 } })
    expect(await failures()).toEqual([])
    await plant('index.json', { total: 3, files: { topics: 2, identity: 1 } })
    expect(await failures()).toEqual(['index topics', 'index identity', 'index total'])
    await plant('index.json', 'not JSON')
    expect(await failures()).toEqual(['file index.json'])
  })

  const runScript = () => spawnSync(process.execPath, [run, folder], { encoding: 'utf8' })

  it('ends in its sum and succeeds when all cases pass', async () => {
    await plant('topics.json', { kind: 'topics', cases: [good] })
    const { stdout, status } = runScript()
    expect(stdout).toBe('ok topics good\n1 passed, 0 failed\n')
    expect(status).toBe(0)
  })

  it('ends in its sum and fails when one case fails', async () => {
    const bad = { ...good, name: 'bad', expect: { contact: 'elsewhere' } }
    await plant('topics.json', { kind: 'topics', cases: [good, bad] })
    const { stdout, status } = runScript()
    expect(stdout).toMatch(/^ok topics good\nFAILED topics bad: .+\n1 passed, 1 failed\n$/)
    expect(status).toBe(1)
  })

  it('fails when nothing was run', async () => {
    const { stdout, status } = runScript()
    expect(stdout).toBe('0 passed, 0 failed\n')
    expect(status).toBe(1)
  })

  it('fails when it is not there', () => {
    const missing = spawnSync(process.execPath, [run, join(folder, 'none')], { encoding: 'utf8' })
    expect(missing.stdout).toMatch(/FAILED folder .*\n0 passed, 1 failed\n$/)
    expect(missing.status).toBe(1)
  })
})
