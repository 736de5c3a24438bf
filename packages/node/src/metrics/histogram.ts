// A histogram of plain numbers: observing one costs a few comparisons.

/** How many observations were at most as large as each bound, and their sum. */
export type Histogram = {
  readonly bounds: readonly number[]
  /** Not cumulative: observations between the bound below and this one; the last is beyond all bounds. */
  readonly counts: readonly number[]
  sum(): number
  observe(value: number): void
}

/** Creates an empty histogram; `bounds` ascend. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts: number[] = new Array(bounds.length + 1).fill(0)
  let sum = 0
  return {
    bounds,
    counts,
    sum: () => sum,
    observe: (value) => {
      let at = 0
      while (at < bounds.length && value > (bounds[at] ?? 0)) at++
      counts[at] = (counts[at] ?? 0) + 1
      sum += value
    },
  }
}
