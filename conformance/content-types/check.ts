// A check is one comparison of one piece of random content. It fails by throwing.

import { isDeepStrictEqual } from 'node:util'
import { toHex } from '@posthorn/bytes'
import fc from 'fast-check'
import { plain } from './peers.ts'

/** Checks of one type: what is made of random content, and what must hold of each piece. */
export type Group = {
  readonly name: string
  readonly contents: fc.Arbitrary<unknown>
  readonly checks: Readonly<Record<string, (content: unknown) => Promise<void> | void>>
  /** How many pieces; default 300. */
  readonly runs?: number
}

const defaultRuns = 300
// The same contents each time, so that a failure can be looked at again.
const seed = 32_830

/** Runs every check of a group on each piece of content, and counts. */
export async function runGroup(group: Group): Promise<{ passed: number; failed: number }> {
  const contents = fc.sample(group.contents, { numRuns: group.runs ?? defaultRuns, seed })
  let passed = 0
  let failed = 0
  for (const [name, check] of Object.entries(group.checks)) {
    const failures: string[] = []
    for (const content of contents) {
      const failure = await failureOf(check, content)
      if (failure === undefined) passed++
      else failures.push(failure)
    }
    failed += failures.length
    const outcome = failures.length === 0 ? 'ok     ' : 'FAILED '
    console.log(`${outcome} ${group.name}: ${name} (${contents.length})`)
    for (const failure of failures.slice(0, 3)) console.log(`          ${failure}`)
  }
  return { passed, failed }
}

async function failureOf(
  check: (content: unknown) => Promise<void> | void,
  content: unknown,
): Promise<string | undefined> {
  try {
    await check(content)
    return undefined
  } catch (error) {
    return `${String(error)} for ${JSON.stringify(plain(content))}`.slice(0, 1_000)
  }
}

/** Refuses values that differ, whatever classes they are of. */
export function requireSame(found: unknown, wanted: unknown): void {
  const [a, b] = [plain(found), plain(wanted)]
  if (isDeepStrictEqual(a, b)) return
  throw new TypeError(`found ${JSON.stringify(a)}, wanted ${JSON.stringify(b)}`)
}

/** Refuses bytes that differ. */
export function requireSameBytes(found: Uint8Array, wanted: Uint8Array): void {
  if (toHex(found) !== toHex(wanted)) {
    throw new TypeError(`found ${toHex(found)}, wanted ${toHex(wanted)}`)
  }
}
