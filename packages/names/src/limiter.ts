// A few at a time; the others wait in line.

/** Runs tasks, at most `maxRunning` of them at once, in the order in which they came. */
export type Limiter = { run<T>(task: () => Promise<T>): Promise<T> }

/** Makes a limiter. */
export function createLimiter(maxRunning: number): Limiter {
  const waiting: (() => void)[] = []
  let running = 0

  async function run<T>(task: () => Promise<T>): Promise<T> {
    if (running < maxRunning) running++
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      // The place goes from hand to hand, so that nobody slips in between.
      if (next === undefined) running--
      else next()
    }
  }

  return { run }
}
