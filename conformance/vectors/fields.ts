// Typed reading of a vector's JSON: byte strings are hex, 64-bit numbers decimal strings.

import { fromHex } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'

/** Any JSON value. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json }

/** A JSON object: the input or the expectation of a case. */
export type Fields = { readonly [name: string]: Json }

/** Whether a JSON value is an object. */
export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text. @throws CodecError `vectors/bad-field` */
export function textField(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw badField(name, 'a text')
  return value
}

/** A text, or undefined when the field is absent or null. @throws CodecError `vectors/bad-field` */
export function optionalTextField(fields: Fields, name: string): string | undefined {
  return isAbsent(fields, name) ? undefined : textField(fields, name)
}

/** Bytes in hex. @throws CodecError `vectors/bad-field`, `bytes/not-hex` */
export function bytesField(fields: Fields, name: string): Uint8Array {
  return fromHex(textField(fields, name))
}

/** Bytes, or undefined when the field is absent or null. @throws CodecError `vectors/bad-field` */
export function optionalBytesField(fields: Fields, name: string): Uint8Array | undefined {
  return isAbsent(fields, name) ? undefined : bytesField(fields, name)
}

/** An integer written as a decimal string or a number. @throws CodecError `vectors/bad-field` */
export function integerField(fields: Fields, name: string): bigint {
  const value = fields[name]
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value)
  throw badField(name, 'an integer')
}

/** True or false. @throws CodecError `vectors/bad-field` */
export function booleanField(fields: Fields, name: string): boolean {
  const value = fields[name]
  if (typeof value !== 'boolean') throw badField(name, 'true or false')
  return value
}

/** An object. @throws CodecError `vectors/bad-field` */
export function objectField(fields: Fields, name: string): Fields {
  const value = fields[name]
  if (!isFields(value)) throw badField(name, 'an object')
  return value
}

/** An object, or undefined when the field is absent or null. @throws CodecError `vectors/bad-field` */
export function optionalObjectField(fields: Fields, name: string): Fields | undefined {
  return isAbsent(fields, name) ? undefined : objectField(fields, name)
}

/** The objects of an array. @throws CodecError `vectors/bad-field` */
export function objectsField(fields: Fields, name: string): readonly Fields[] {
  const values = fields[name]
  if (!Array.isArray(values) || !values.every(isFields)) throw badField(name, 'an array of objects')
  return values
}

/** Whether a field is absent or null. */
export function isAbsent(fields: Fields, name: string): boolean {
  return fields[name] === undefined || fields[name] === null
}

function badField(name: string, wanted: string): CodecError {
  return new CodecError('vectors/bad-field', `Read field ${name}: wanted ${wanted}`)
}
