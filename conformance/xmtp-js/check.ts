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
    const failure = await outcomeOf(check, world)
    if (failure === undefined) passed++
    console.log(
      failure === undefined ? `ok      ${check.name}` : `FAILED  ${check.name}: ${failure}`,
    )
  }
  return { passed, failed: checks.length - passed }
}

const patienceMs = 20_000

async function outcomeOf(check: Check, world: World): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result within ${patienceMs} ms`)), patienceMs)
  })
  try {
    await Promise.race([check.run(world), tooLate])
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').slice(0, 12).join(' ') : String(error)
  } finally {
    clearTimeout(timer)
  }
}
