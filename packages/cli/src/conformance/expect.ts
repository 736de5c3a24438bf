// How a check says what it found.

import { ValidationError } from '@posthorn/errors'

const shownChars = 300

/**
 * Compares what was found with what is expected, as JSON.
 *
 * @throws ValidationError `conformance/mismatch`
 */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  const [left, right] = [shown(found), shown(expected)]
  if (left !== right) throw mismatch(what, left, right)
}

/** @throws ValidationError `conformance/mismatch` when the text does not have that form */
export function expectMatch(what: string, found: string, expected: RegExp): void {
  if (!expected.test(found)) throw mismatch(what, shown(found), `text like ${expected}`)
}

/** @throws ValidationError `conformance/mismatch` unless it holds */
export function expectThat(what: string, holds: boolean, found: unknown): void {
  if (!holds) throw mismatch(what, shown(found), what)
}

function mismatch(what: string, found: string, expected: string): ValidationError {
  return new ValidationError('conformance/mismatch', what, {
    details: { found: cut(found), expected: cut(expected) },
  })
}

function shown(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) => {
      if (typeof each === 'bigint') return String(each)
      return each instanceof Uint8Array ? `${each.length} bytes` : each
    }) ?? 'nothing'
  )
}

function cut(text: string): string {
  return text.length <= shownChars ? text : `${text.slice(0, shownChars)}…`
}
