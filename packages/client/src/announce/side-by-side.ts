/** How {@link sideBySide} works. */
export type SideBySideOptions<Item, Result> = {
  /** How many are worked on at the same time; a reader that waits holds up the next ones. */
  readonly concurrency: number
  readonly work: (item: Item) => Promise<Result>
  /** Called when the reader leaves or work fails; what still runs should end, and is waited for. */
  readonly stop: () => void
}

/** Results in the order in which they come about. @throws what the first failing work throws */
export async function* sideBySide<Item, Result>(
  items: Iterable<Item>,
  { concurrency, work, stop }: SideBySideOptions<Item, Result>,
): AsyncGenerator<Result, void> {
  const iterator = items[Symbol.iterator]()
  const running = new Map<number, Promise<readonly [number, Result]>>()
  let number = 0

  function start(): void {
    while (running.size < concurrency) {
      const next = iterator.next()
      if (next.done) return
      const own = number++
      running.set(
        own,
        work(next.value).then((result) => [own, result]),
      )
    }
  }

  try {
    for (start(); running.size > 0; start()) {
      const [own, result] = await Promise.race(running.values())
      running.delete(own)
      yield result
    }
  } finally {
    if (running.size > 0) stop()
    await Promise.allSettled(running.values())
  }
}
