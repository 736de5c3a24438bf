// Values of an application as JSON: byte arrays become hex.

import { toHex } from '@posthorn/bytes'
import type { Json } from './fields.ts'

/** A value as vectors write it. */
export function toJson(value: unknown): Json {
  if (value instanceof Uint8Array) return toHex(value)
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field)]))
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : null
}
