// Files of vectors: `{ kind, made_by, cases: [{ name, note?, input, expect }] }`, one kind per file.

import { CodecError } from '@posthorn/errors'
import { type Fields, isFields, type Json, objectField, objectsField, textField } from './fields.ts'

/** One case of a vector file. */
export type VectorCase = {
  readonly name: string
  readonly input: Fields
  readonly expect: Fields
}

/** A vector file. */
export type VectorFile = {
  readonly kind: string
  readonly cases: readonly VectorCase[]
}

/**
 * The vector file that a text is.
 *
 * @throws CodecError `vectors/bad-field`, `vectors/not-json`
 */
export function parseVectorFile(text: string): VectorFile {
  const file = parseJsonObject(text)
  const cases = objectsField(file, 'cases').map((fields) => ({
    name: textField(fields, 'name'),
    input: objectField(fields, 'input'),
    expect: objectField(fields, 'expect'),
  }))
  return { kind: textField(file, 'kind'), cases }
}

/**
 * The JSON object that a text is.
 *
 * @throws CodecError `vectors/not-json`
 */
export function parseJsonObject(text: string): Fields {
  const value = parse(text)
  if (!isFields(value)) throw new CodecError('vectors/not-json', 'Read file: wanted a JSON object')
  return value
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (cause) {
    throw new CodecError('vectors/not-json', 'Read file: not valid JSON', { cause })
  }
}
