// Reading fields that somebody else wrote.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'

/** Fields by name, of any type. */
export type Fields = Readonly<Record<string, unknown>>

/** Content made of fields is never larger than a message can be; expanded from less, it is a trick. */
export const maxFieldsBytes: number = 1_048_576
/** How deep JSON may nest: what any type needs, and far from what exhausts a stack. */
export const maxJsonDepth = 32

/**
 * The object that UTF-8 JSON bytes describe, without names that reach into prototypes.
 *
 * @throws CodecError `content/malformed`, `bytes/not-utf8`
 */
export function jsonFields(bytes: Uint8Array): Fields {
  requireFieldsSize(bytes)
  const text = fromUtf8(bytes)
  if (nestsTooDeep(text)) throw badField('content', `JSON of at most ${maxJsonDepth} levels`)
  let value: unknown
  try {
    value = JSON.parse(text, withoutTraps)
  } catch (cause) {
    throw new CodecError('content/malformed', 'Decode content: not valid JSON', { cause })
  }
  if (!isFields(value)) throw badField('content', 'a JSON object')
  return value
}

/** The bytes of a value as JSON. */
export function jsonBytes(value: unknown): Uint8Array {
  return toUtf8(JSON.stringify(value))
}

/**
 * Refuses content that no message of its kind can be.
 *
 * @throws CodecError `content/malformed`
 */
export function requireFieldsSize(bytes: Uint8Array): void {
  if (bytes.length > maxFieldsBytes) throw badField('content', `at most ${maxFieldsBytes} bytes`)
}

// JSON.parse makes plain properties of these names, but what an application merges them into may not.
const traps: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

function withoutTraps(name: string, value: unknown): unknown {
  if (traps.has(name)) return undefined
  // 1e999 is valid JSON.
  if (typeof value === 'number' && !Number.isFinite(value)) throw badField(name, 'a finite number')
  return value
}

function nestsTooDeep(json: string): boolean {
  let depth = 0
  let isInText = false
  for (let at = 0; at < json.length; at++) {
    const letter = json[at]
    if (letter === '"') isInText = !isInText
    else if (isInText) at += letter === '\\' ? 1 : 0
    else if (letter === '{' || letter === '[') depth++
    else if (letter === '}' || letter === ']') depth--
    if (depth > maxJsonDepth) return true
  }
  return false
}

// Whether a value is an object with named fields.
function isFields(value: unknown): value is Fields {
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

/**
 * A field that must be an object with named fields if it is there.
 *
 * @throws CodecError `content/malformed`
 */
export function optionalObjectField(fields: Fields, name: string): Fields | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (!isFields(value)) throw badField(name, 'a JSON object')
  return value
}

/**
 * A field that must be a list of objects with named fields.
 *
 * @throws CodecError `content/malformed`
 */
export function objectsField(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name]
  if (!Array.isArray(value) || !value.every(isFields))
    throw badField(name, 'a list of JSON objects')
  return value
}

/** The given fields without those that are undefined. */
export function defined<T extends object>(fields: T): Defined<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Defined<T>
}

/** An object whose fields that may be undefined may be absent instead. */
export type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
