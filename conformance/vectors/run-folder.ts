// Runs every vector file of a folder.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Crypto } from '@posthorn/crypto'
import { type Checker, checkCase } from './checker.ts'
import { integerField, objectField } from './fields.ts'
import { readJsonObject, readVectorFile, type VectorCase, type VectorFile } from './vector-file.ts'

const indexName = 'index.json'

/** The outcome of one case, or of a file that could not be read. */
export type CaseResult = {
  readonly kind: string
  readonly name: string
  /** Why it failed; undefined when it passed. */
  readonly failure: string | undefined
}

/** What running a folder takes. */
export type RunOptions = {
  readonly crypto: Crypto
  readonly checkers: Readonly<Record<string, Checker>>
}

/** Runs every `*.json` of a folder, in the order of their names, and then checks the counts of `index.json`. */
export async function* runFolder(folder: string, options: RunOptions): AsyncGenerator<CaseResult> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  const counts = new Map<string, number>()
  for (const name of names.filter((name) => name !== indexName)) {
    const file = await tryReading(() => readVectorFile(join(folder, name)))
    if (typeof file === 'string') {
      yield { kind: 'file', name, failure: file }
      continue
    }
    counts.set(file.kind, (counts.get(file.kind) ?? 0) + file.cases.length)
    yield* runFile(file, options)
  }
  if (names.includes(indexName)) yield* checkIndex(join(folder, indexName), counts)
}

async function* runFile(file: VectorFile, options: RunOptions): AsyncGenerator<CaseResult> {
  const { kind } = file
  const checker = Object.hasOwn(options.checkers, kind) ? options.checkers[kind] : undefined
  for (const vector of file.cases) {
    const failure =
      checker === undefined ? 'unknown kind' : await runCase(checker, vector, options.crypto)
    yield { kind, name: vector.name, failure }
  }
}

async function runCase(
  checker: Checker,
  vector: VectorCase,
  crypto: Crypto,
): Promise<string | undefined> {
  try {
    return await checkCase(checker, { crypto, input: vector.input, expect: vector.expect })
  } catch (error) {
    return `threw ${String(error)}`
  }
}

async function* checkIndex(
  path: string,
  counts: ReadonlyMap<string, number>,
): AsyncGenerator<CaseResult> {
  const index = await tryReading(async () => {
    const fields = await readJsonObject(path)
    const files = objectField(fields, 'files')
    const listed = Object.keys(files).map(
      (kind) => [kind, Number(integerField(files, kind))] as const,
    )
    return { total: Number(integerField(fields, 'total')), listed: new Map(listed) }
  })
  if (typeof index === 'string') {
    yield { kind: 'file', name: indexName, failure: index }
    return
  }
  for (const kind of new Set([...index.listed.keys(), ...counts.keys()])) {
    yield* checkCount(kind, counts.get(kind) ?? 0, index.listed.get(kind) ?? 0)
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  yield* checkCount('total', total, index.total)
}

function* checkCount(name: string, found: number, listed: number): Generator<CaseResult> {
  if (found === listed) return
  yield { kind: 'index', name, failure: `${found} cases in the folder, ${listed} in the index` }
}

async function tryReading<T>(read: () => Promise<T>): Promise<T | string> {
  try {
    return await read()
  } catch (error) {
    return String(error)
  }
}
