// Reading fields that somebody else wrote.

import { fromUtf8 } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'

/** Fields by name, of any type. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * The object that UTF-8 JSON bytes describe.
 *
 * @throws CodecError `content/malformed`, `bytes/not-utf8`
 */
export function jsonFields(bytes: Uint8Array): Fields {
  const text = fromUtf8(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new CodecError('content/malformed', 'Decode content: not valid JSON', { cause })
  }
  if (!isFields(value)) throw badField('content', 'a JSON object')
  return value
}

/** Whether a value is an object with named fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A field that must be text.
 *
 * @throws CodecError `content/malformed`
 */
export function textField(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw badField(name, 'text')
  return value
}

/**
 * A field that must be text if it is there.
 *
 * @throws CodecError `content/malformed`
 */
export function optionalTextField(fields: Fields, name: string): string | undefined {
  const isAbsent = fields[name] === undefined || fields[name] === null
  return isAbsent ? undefined : textField(fields, name)
}

/**
 * A field that must be one of a few texts.
 *
 * @throws CodecError `content/malformed`
 */
export function choiceField<T extends string>(
  fields: Fields,
  name: string,
  choices: readonly T[],
): T {
  const value = textField(fields, name)
  const choice = choices.find((candidate) => candidate === value)
  if (choice === undefined) throw badField(name, choices.join(' or '))
  return choice
}

/** The error for a field that is not what it must be. */
export function badField(name: string, wanted: string): CodecError {
  return new CodecError('content/malformed', `Decode content: expected ${name} to be ${wanted}`)
}
