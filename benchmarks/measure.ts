// How every benchmark measures: CPU time (user + system, all threads) per operation, because it survives a
// busy machine; runs of the two sides alternate, and the medians are compared.

/** CPU microseconds that `work` took. */
export async function cpuMicrosecondsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const used = process.cpuUsage(before)
  return used.user + used.system
}

/** The middle value; of an even count, the lower of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

/** The value below which `percent` of a hundred lie. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return (
    sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN
  )
}

/** Runs the sides in turn, `rounds` times, and gives the median of each. The first round is a warm-up. */
export async function interleave(
  rounds: number,
  sides: readonly (() => Promise<number>)[],
): Promise<number[]> {
  const results: number[][] = sides.map(() => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, side] of sides.entries()) {
      const value = await side()
      if (round > 0) results[index]?.push(value)
    }
  }
  return results.map(median)
}

/** CPU seconds that {@link warmUp} gives to each side. */
export const warmUpSeconds = 2

/** Runs each side until it has used {@link warmUpSeconds}: compilers come to what is fast only after as long. */
export async function warmUp(sides: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const side of sides) {
    let usedMicroseconds = 0
    while (usedMicroseconds < warmUpSeconds * 1_000_000) {
      usedMicroseconds += await cpuMicrosecondsOf(async () => void (await side()))
    }
  }
}

/** Rounded to one decimal for figures under 100, to a whole number above. */
export function rounded(value: number): number {
  return value < 100 ? Math.round(value * 10) / 10 : Math.round(value)
}
