// What others send, checked and copied field by field: nothing that was not asked for gets through.

import { ProtocolError, ValidationError } from '@posthorn/errors'
import { decodeKeyBundleV2, type PublicKeyBundle } from '@posthorn/identity'

/** Reads a value of one shape out of whatever came. @throws ValidationError `keystore/bad-request` */
export type Shape<T> = (value: unknown) => T

const maxTextCharacters = 10_000
const maxListEntries = 10_000
const maxContentBytes = 16_777_216

/** A text. */
export const text: Shape<string> = (value) => {
  if (typeof value === 'string' && value.length <= maxTextCharacters) return value
  throw badRequest('a text')
}

/** Bytes; a copy that shares no memory. */
export const bytes: Shape<Uint8Array> = (value) => {
  if (value instanceof Uint8Array && value.length <= maxContentBytes) return new Uint8Array(value)
  throw badRequest('bytes')
}

/** A time: an unsigned number of 64 bits. */
export const time: Shape<bigint> = (value) => {
  if (typeof value === 'bigint' && value >= 0n && value < 2n ** 64n) return value
  throw badRequest('a time')
}

/** Milliseconds since 1970. */
export const milliseconds: Shape<number> = (value) => {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value)
  throw badRequest('milliseconds')
}

/** True or false. */
export const flag: Shape<boolean> = (value) => {
  if (typeof value === 'boolean') return value
  throw badRequest('true or false')
}

/** A public key bundle, which travels in its wire form: so its fields cannot contradict its signed bytes. */
export const keyBundle: Shape<PublicKeyBundle> = (value) => {
  try {
    return decodeKeyBundleV2(bytes(value))
  } catch (error) {
    if (error instanceof ProtocolError) throw badRequest('a key bundle')
    throw error
  }
}

/** One of some words. */
export function oneOf<T extends string>(...words: readonly T[]): Shape<T> {
  return (value) => {
    const word = words.find((each) => each === value)
    if (word !== undefined) return word
    throw badRequest(words.join(' or '))
  }
}

/** Nothing, or something. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => (value === undefined ? undefined : shape(value))
}

/** A list. */
export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value) => {
    if (Array.isArray(value) && value.length <= maxListEntries) return Array.from(value, shape)
    throw badRequest('a list')
  }
}

/** Texts by name. */
export const textsByName: Shape<Readonly<Record<string, string>>> = (value) => {
  const entries = Object.entries(plain(value)).slice(0, maxListEntries)
  return Object.fromEntries(entries.map(([name, each]) => [text(name), text(each)]))
}

/** An object of exactly these fields; others are left behind. */
export function object<T extends Readonly<Record<string, Shape<unknown>>>>(
  fields: T,
): Shape<{ readonly [Name in keyof T]: ReturnType<T[Name]> }> {
  return (value) => {
    const given = plain(value)
    const read = Object.entries(fields).map(([name, shape]) => [
      name,
      shape(Object.hasOwn(given, name) ? given[name] : undefined),
    ])
    return Object.fromEntries(read)
  }
}

/** `keystore/bad-request`: what came is not what the service takes. */
export function badRequest(wanted: string): ValidationError {
  return new ValidationError(
    'keystore/bad-request',
    `Serve keystore: found something else where ${wanted} was wanted`,
  )
}

function plain(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  throw badRequest('an object')
}
