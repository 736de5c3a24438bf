// Runs every vector file of a folder.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { integerField, objectField } from './fields.ts'
import { type CaseResult, type RunOptions, runFile } from './run-file.ts'
import { parseJsonObject, parseVectorFile } from './vector-file.ts'

const indexName = 'index.json'

/** Runs every `*.json` of a folder, in the order of their names, and then checks the counts of `index.json`. */
export async function* runFolder(folder: string, options: RunOptions): AsyncGenerator<CaseResult> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  const counts = new Map<string, number>()
  for (const name of names.filter((name) => name !== indexName)) {
    const file = await tryReading(async () => parseVectorFile(await read(join(folder, name))))
    if (typeof file === 'string') {
      yield { kind: 'file', name, failure: file }
      continue
    }
    counts.set(file.kind, (counts.get(file.kind) ?? 0) + file.cases.length)
    yield* runFile(file, options)
  }
  if (names.includes(indexName)) yield* checkIndex(join(folder, indexName), counts)
}

async function* checkIndex(
  path: string,
  counts: ReadonlyMap<string, number>,
): AsyncGenerator<CaseResult> {
  const index = await tryReading(async () => {
    const fields = parseJsonObject(await read(path))
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

function read(path: string): Promise<string> {
  return readFile(path, 'utf8')
}

async function tryReading<T>(step: () => Promise<T>): Promise<T | string> {
  try {
    return await step()
  } catch (error) {
    return String(error)
  }
}
