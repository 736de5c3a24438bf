// What a guard is, and the one way to run it.

import type { Tree } from './tree.ts'

/** Something that a guard found; `note`s are shown and do not fail. */
export type Finding = {
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** What is wrong and what to do instead. */
  readonly message: string
  readonly severity: 'error' | 'note'
}

/** `inspected` counts the things that the rule was applied to. */
export type Verdict = { readonly inspected: number; readonly findings: readonly Finding[] }

/** One rule of the house. */
export type Guard = {
  readonly name: string
  /** The rule in one sentence. */
  readonly rule: string
  check(tree: Tree): Verdict | Promise<Verdict>
}

/** A failure at a place. */
export function violation(file: string, line: number, message: string): Finding {
  return { file, line, message, severity: 'error' }
}

/** Runs a guard; one that inspected nothing has failed, for it would pass whatever is wrong. */
export async function runGuard(guard: Guard, tree: Tree): Promise<Verdict> {
  const verdict = await guard.check(tree)
  if (verdict.inspected > 0) return verdict
  const blind = violation('.', 1, 'Guard inspected nothing: it would pass whatever is wrong')
  return { inspected: 0, findings: [...verdict.findings, blind] }
}
