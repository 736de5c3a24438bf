// Readers of parsed JSON with the leniency of the protobuf JSON mapping: both spellings of a field,
// numbers or decimal texts, either base64 alphabet, enums by name or number, null for "absent",
// unknown fields ignored. Wrong types and values out of range are refused by name.

import { CodecError } from '@posthorn/errors'
import type { JsonNumber } from './parse.ts'

/** Reads a value; `field` is its path in the request, for error texts. Absent values are undefined. */
export type JsonReader<T> = (value: unknown, field: string) => T

const maxUint32 = 2n ** 32n - 1n
const maxUint64 = 2n ** 64n - 1n

/** A text; absent is empty. */
export const readText: JsonReader<string> = (value, field) => {
  if (isAbsent(value)) return ''
  if (typeof value !== 'string') throw refused(field, describe(value), 'a string')
  return value
}

/** Unsigned 64 bits; absent is 0. */
export const readUint64: JsonReader<bigint> = (value, field) =>
  readInteger(value, { field, max: maxUint64, wanted: 'an integer from 0 to 2^64-1' })

/** Unsigned 32 bits; absent is 0. */
export const readUint32: JsonReader<number> = (value, field) =>
  Number(readInteger(value, { field, max: maxUint32, wanted: 'an integer from 0 to 2^32-1' }))

/** Bytes in base64; absent is empty. */
export const readBytes: JsonReader<Uint8Array> = (value, field) => {
  if (isAbsent(value)) return new Uint8Array(0)
  if (typeof value !== 'string') throw refused(field, describe(value), 'base64 text')
  const bytes = Buffer.from(value, 'base64')
  // The built-in decoder skips what it does not know, so a wrong text shows in its length alone.
  const unpaddedLength = value.endsWith('==')
    ? value.length - 2
    : value.endsWith('=')
      ? value.length - 1
      : value.length
  const isPaddedRight = unpaddedLength === value.length || value.length % 4 === 0
  const isComplete =
    unpaddedLength % 4 !== 1 && bytes.length === Math.floor((unpaddedLength * 3) / 4)
  if (!isComplete || !isPaddedRight) {
    throw refused(field, 'other text', 'base64 in the standard or URL alphabet')
  }
  return bytes
}

/** One of a generated enum's values, by name or number; absent is 0. */
export function readEnum<T extends number>(values: Readonly<Record<string, T>>): JsonReader<T | 0> {
  const names = Object.keys(values).join(', ')
  return (value, field) => {
    if (isAbsent(value)) return 0
    if (typeof value === 'string' && Object.hasOwn(values, value)) return values[value] ?? 0
    const known = Object.values(values).find((known) => known === value)
    if (known === undefined) throw refused(field, describe(value), `one of ${names}`)
    return known
  }
}

/** A list; absent is empty. */
export function readList<T>(item: JsonReader<T>): JsonReader<T[]> {
  return (value, field) => {
    if (isAbsent(value)) return []
    if (!Array.isArray(value)) throw refused(field, describe(value), 'an array')
    return value.map((entry: unknown, index) => {
      const entryField = `${field}[${index}]`
      if (isAbsent(entry)) throw refused(entryField, describe(entry), 'a value')
      return item(entry, entryField)
    })
  }
}

/** A message that may be absent. */
export function readOptional<T>(reader: JsonReader<T>): JsonReader<T | undefined> {
  return (value, field) => (isAbsent(value) ? undefined : reader(value, field))
}

/** Reader of one field of an object, by its camelCase name or its snake_case one. */
export type FieldOf = <T>(name: string, reader: JsonReader<T>) => T

/** An object; absent is the empty object. `build` takes its fields. */
export function readObject<T>(build: (field: FieldOf) => T): JsonReader<T> {
  return (value, path) => {
    if (!isAbsent(value) && !isObject(value)) throw refused(path, describe(value), 'an object')
    const object: Readonly<Record<string, unknown>> = isObject(value) ? value : {}
    return build((name, reader) => {
      const key = Object.hasOwn(object, name) ? name : snakeCase(name)
      const entry = Object.hasOwn(object, key) ? object[key] : undefined
      return reader(entry, path === '' ? name : `${path}.${name}`)
    })
  }
}

type IntegerRange = { readonly field: string; readonly max: bigint; readonly wanted: string }

function readInteger(value: unknown, { field, max, wanted }: IntegerRange): bigint {
  if (isAbsent(value)) return 0n
  const integer = integerOf(value)
  if (integer === undefined) throw refused(field, describe(value), wanted)
  if (integer < 0n || integer > max) throw refused(field, 'a number out of range', wanted)
  return integer
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value satisfies JsonNumber
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined
  if (typeof value === 'string' && /^-?\d{1,40}$/.test(value)) return BigInt(value)
  return undefined
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function refused(field: string, found: string, wanted: string): CodecError {
  const where = field === '' ? 'the request' : field
  return new CodecError(
    'api/bad-field',
    `Read request: ${where}: found ${found}, expected ${wanted}`,
  )
}

// Says what kind of thing was found, never its content: requests may hold what must not be logged.
function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return 'a string'
  if (typeof value === 'boolean') return 'a boolean'
  return Number.isInteger(value) || typeof value === 'bigint' ? 'an integer' : 'a number'
}
