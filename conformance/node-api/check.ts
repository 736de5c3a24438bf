// A check is a name and a story; it fails by throwing.

import type { World } from './world.ts'

export type Check = { readonly name: string; run(world: World): Promise<void> }

/** Runs all checks one after another, prints a line each, and counts. */
export async function runChecks(
  checks: readonly Check[],
  world: World,
): Promise<{ passed: number; failed: number }> {
  let passed = 0
  for (const check of checks) {
    const failure = await failureOf(check, world)
    if (failure === undefined) passed++
    const verdict = failure === undefined ? 'ok     ' : 'FAILED '
    console.log(`${verdict} ${check.name}${failure === undefined ? '' : `: ${failure}`}`)
  }
  return { passed, failed: checks.length - passed }
}

const patienceMs = 30_000

async function failureOf(check: Check, world: World): Promise<string | undefined> {
  const timer = new AbortController()
  const tooLate = sleep(patienceMs, timer.signal).then(() => {
    throw new Error(`no result within ${patienceMs} ms`)
  })
  try {
    await Promise.race([check.run(world), tooLate])
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').slice(0, 12).join(' ') : String(error)
  } finally {
    timer.abort()
  }
}

/** Waits; never resolves once aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => clearTimeout(timer))
  })
}

/** Resolves with the promise's value, or fails after the time. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const tooLate = sleep(ms, timer.signal).then(() => {
    throw new Error(`${what}: nothing within ${ms} ms`)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    timer.abort()
  }
}
