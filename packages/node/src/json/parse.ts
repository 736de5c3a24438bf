// JSON text to values, without losing digits of 64-bit numbers and without running deep.

import { fromUtf8 } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'
import { checkJsonBounds } from '../api/value-bounds.ts'

/** A number of a JSON text: integers that a double cannot hold arrive whole. */
export type JsonNumber = number | bigint

// Requests nest three deep; what is deeper can only be fields that nobody knows.
const maxDepth = 64

const longInteger = /[:[,]\s*-?\d{16}/

/**
 * Parses a request body; an empty one is the empty message.
 *
 * @throws CodecError `api/bad-json`; ValidationError as `checkJsonBounds`
 */
export function parseJson(body: Uint8Array): unknown {
  checkJsonBounds(body)
  const text = fromUtf8(body)
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = longInteger.test(text) ? parseExactly(text) : JSON.parse(text)
  } catch {
    throw new CodecError('api/bad-json', 'Read request: the body is not JSON: expected an object')
  }
  checkDepth(value)
  return value
}

function parseExactly(text: string): unknown {
  const revive = (_key: string, value: unknown, context?: { source?: string }): unknown => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    const source = context?.source ?? ''
    return /^-?\d{1,40}$/.test(source) ? BigInt(source) : value
  }
  return JSON.parse(text, revive)
}

function checkDepth(root: unknown): void {
  let level: object[] = isNested(root) ? [root] : []
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > maxDepth) {
      throw new CodecError(
        'api/bad-json',
        `Read request: the body nests too deep: expected at most ${maxDepth} levels`,
      )
    }
    level = level.flatMap((value) => Object.values(value).filter(isNested))
  }
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
