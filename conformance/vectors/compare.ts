// Comparison of what was computed with what a vector expects.

import { isFields, type Json } from './fields.ts'

const maxShownChars = 80

/** The first difference between two JSON values, as a sentence, or undefined when there is none. */
export function difference(
  computed: Json | undefined,
  expected: Json,
  at: string,
): string | undefined {
  if (Array.isArray(computed) && Array.isArray(expected)) {
    if (computed.length !== expected.length) {
      return `${at}: computed ${computed.length} items, expected ${expected.length}`
    }
    return first(expected.map((item, i) => difference(computed[i], item, `${at}[${i}]`)))
  }
  if (isFields(computed) && isFields(expected)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(computed)])
    return first(
      [...names].map((name) => {
        const wanted = expected[name]
        if (wanted === undefined) return `${at}.${name}: computed, but not expected`
        return difference(computed[name], wanted, `${at}.${name}`)
      }),
    )
  }
  // Null stands for a fact that is not there.
  if ((computed ?? null) === expected) return undefined
  return `${at}: computed ${show(computed)}, expected ${show(expected)}`
}

function first(differences: readonly (string | undefined)[]): string | undefined {
  return differences.find((text) => text !== undefined)
}

function show(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > maxShownChars ? `${text.slice(0, maxShownChars)}…` : text
}
