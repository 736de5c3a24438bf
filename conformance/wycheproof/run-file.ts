import { type Answer, type Backend, failureOf, type Suite } from './suite.ts'
import { suiteFor } from './suites.ts'
import type { Fields, TestCase, VectorFile } from './vector-file.ts'

/** What became of one file on one back end. */
export type FileReport = {
  readonly file: string
  readonly backend: string
  readonly passed: number
  readonly failures: readonly { readonly id: number; readonly reason: string }[]
  /** Case numbers by the reason why they are none for the port. */
  readonly skipped: ReadonlyMap<string, readonly number[]>
  /** Case numbers by the rule of ours that showed in them; all of them passed. */
  readonly notes: ReadonlyMap<string, readonly number[]>
}

/** Runs all cases of a file. */
export async function runFile(file: VectorFile, backend: Backend): Promise<FileReport> {
  let passed = 0
  const failures: { id: number; reason: string }[] = []
  const skipped = new Map<string, number[]>()
  const notes = new Map<string, number[]>()
  for (const group of file.groups) {
    const suite = suiteFor(file, group)
    for (const test of group.cases) {
      const answer = await answerOf(suite, { backend, group: group.fields, test })
      const reason = failureOf(test, answer)
      if (reason !== undefined) failures.push({ id: test.id, reason })
      else if (answer.kind === 'outside') append(skipped, answer.reason, test.id)
      else passed++
      if (answer.kind === 'accepted' && answer.note !== undefined && reason === undefined) {
        append(notes, answer.note, test.id)
      }
    }
  }
  return { file: file.name, backend: backend.name, passed, failures, skipped, notes }
}

async function answerOf(
  run: Suite | undefined,
  { backend, group, test }: { backend: Backend; group: Fields; test: TestCase },
): Promise<Answer> {
  if (run === undefined) return { kind: 'outside', reason: 'no such primitive here' }
  try {
    return await run(backend, group, test)
  } catch (error) {
    return { kind: 'wrong', reason: `threw ${String(error)}` }
  }
}

function append(lists: Map<string, number[]>, key: string, id: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [id])
  else list.push(id)
}
