// Reading Wycheproof files: what every file has, and the fields of cases by their names.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fromHex } from '@posthorn/bytes'
import { CodecError, UsageError } from '@posthorn/errors'

/** A JSON object whose fields are looked up by name. */
export type Fields = Readonly<Record<string, unknown>>

/** One case: an input and what is to become of it. */
export type TestCase = {
  readonly id: number
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly fields: Fields
}

/** Cases that share a key or sizes. */
export type TestGroup = { readonly fields: Fields; readonly cases: readonly TestCase[] }

/** One file of the suite. */
export type VectorFile = {
  readonly name: string
  readonly algorithm: string
  readonly schema: string
  readonly groups: readonly TestGroup[]
}

/** All JSON files of a folder, by name. @throws UsageError `wycheproof/no-files`; CodecError `wycheproof/malformed` */
export async function readFolder(folder: string): Promise<readonly VectorFile[]> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.json')).sort()
  if (names.length === 0) {
    throw new UsageError('wycheproof/no-files', `Read ${folder}: found no .json file in it`)
  }
  return await Promise.all(names.map((name) => readVectorFile(folder, name)))
}

/** The bytes of a hex field. @throws CodecError `wycheproof/malformed`, `bytes/not-hex` */
export function bytesOf(fields: Fields, name: string): Uint8Array {
  return fromHex(textOf(fields, name))
}

/** The text of a field. @throws CodecError `wycheproof/malformed` */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw malformed(`field ${name} is no text`)
  return value
}

/** The number of a field. @throws CodecError `wycheproof/malformed` */
export function numberOf(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value !== 'number') throw malformed(`field ${name} is no number`)
  return value
}

/** The object of a field. @throws CodecError `wycheproof/malformed` */
export function fieldsOf(fields: Fields, name: string): Fields {
  return asFields(fields[name], `field ${name}`)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    throw new UsageError('wycheproof/no-files', `Read ${folder}: there is no such folder`, {
      cause,
    })
  }
}

async function readVectorFile(folder: string, name: string): Promise<VectorFile> {
  const file = asFields(parseJson(await readFile(join(folder, name), 'utf8'), name), name)
  return {
    name,
    algorithm: textOf(file, 'algorithm'),
    schema: textOf(file, 'schema'),
    groups: listOf(file, 'testGroups').map((group) => ({
      fields: group,
      cases: listOf(group, 'tests').map(testCase),
    })),
  }
}

function testCase(fields: Fields): TestCase {
  const result = fields['result']
  if (result !== 'valid' && result !== 'invalid' && result !== 'acceptable') {
    throw malformed(`the result of a case is ${String(result)}`)
  }
  return { id: numberOf(fields, 'tcId'), result, fields }
}

function listOf(fields: Fields, name: string): Fields[] {
  const value = fields[name]
  if (!Array.isArray(value)) throw malformed(`field ${name} is no list`)
  return value.map((item) => asFields(item, `an item of ${name}`))
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null) throw malformed(`${what} is no object`)
  return value as Fields
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed(`${name} is no JSON`)
  }
}

function malformed(found: string): CodecError {
  return new CodecError('wycheproof/malformed', `Read Wycheproof file: ${found}`)
}
