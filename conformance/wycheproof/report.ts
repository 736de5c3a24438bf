import type { FileReport } from './run-file.ts'

/** The lines of one report: the counts, then each failure, then what was skipped or ruled, by case number. */
export function linesOf(report: FileReport): string[] {
  const { file, backend, passed, failures, skipped, notes } = report
  const skippedCount = [...skipped.values()].reduce((sum, ids) => sum + ids.length, 0)
  const counts = `${passed} passed, ${failures.length} failed, ${skippedCount} skipped`
  return [
    `${file} ${backend}: ${counts}`,
    ...failures.map(({ id, reason }) => `  FAILED case ${id}: ${reason}`),
    ...[...notes].map(([note, ids]) => `  ${ids.length} ${note}: case ${ranges(ids)}`),
    ...[...skipped].map(([why, ids]) => `  ${ids.length} skipped, ${why}: case ${ranges(ids)}`),
  ]
}

/** Numbers in rising order with runs drawn together: `1-3, 7`. */
export function ranges(ids: readonly number[]): string {
  const runs: [number, number][] = []
  for (const id of ids) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === id - 1) last[1] = id
    else runs.push([id, id])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}
