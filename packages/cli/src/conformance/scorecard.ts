import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { type Group, groups } from './check.ts'
import { groupOf, type Result } from './run-kit.ts'

/** How many checks passed, failed and were skipped. */
export type Score = { readonly pass: number; readonly fail: number; readonly skip: number }

/** The score of a run. */
export type Scorecard = Score & { readonly groups: Readonly<Partial<Record<Group, Score>>> }

const nameWidth = 10

/** Counts results by group and in total. */
export function scorecardOf(results: readonly Result[]): Scorecard {
  const seen = groups.filter((group) => results.some(({ id }) => groupOf(id) === group))
  return {
    ...scoreOf(results),
    groups: Object.fromEntries(
      seen.map((group) => [group, scoreOf(results.filter(({ id }) => groupOf(id) === group))]),
    ),
  }
}

/** One result for people: one line, and what went wrong below it. */
export function resultText(result: Result, style: Style): string {
  const marks = { pass: style.good('pass'), fail: style.bad('FAIL'), skip: style.dim('skip') }
  const { status, id, protocol, title, reason, expected, found, reference } = result
  const line = `${marks[status]}  ${protocol.padEnd(8)}  ${id}  ${style.dim(title)}`
  if (status === 'pass') return line
  const details = [
    reason,
    expected === undefined ? undefined : `expected ${expected}`,
    found === undefined ? undefined : `found    ${found}`,
    status === 'fail' ? `see      ${reference}` : undefined,
  ]
  const shown = details.filter((each) => each !== undefined)
  return [line, ...shown.map((each) => `      ${printable(each)}`)].join('\n')
}

/** The scorecard for people. */
export function scorecardText(card: Scorecard, style: Style): string {
  const lines = Object.entries(card.groups).map(([group, score]) => scoreLine(group, score))
  const total = scoreLine('total', card)
  return ['', ...lines, card.fail === 0 ? style.good(total) : style.bad(total)].join('\n')
}

function scoreOf(results: readonly Result[]): Score {
  const count = (status: Result['status']) =>
    results.filter((result) => result.status === status).length
  return { pass: count('pass'), fail: count('fail'), skip: count('skip') }
}

function scoreLine(name: string, { pass, fail, skip }: Score): string {
  const judged = `${pass} of ${pass + fail}`.padEnd(11)
  return `${name.padEnd(nameWidth)}${judged}${skip > 0 ? ` ${skip} skipped` : ''}`.trimEnd()
}
