// Streams, read in the background.

/** What a stream has brought. */
export type Collected<T> = {
  /** Ends the stream once it has brought `count` items, or when nothing came for some time. Gives all items. */
  until(count: number): Promise<readonly T[]>
}

const patienceMs = 10_000
const pollMs = 20
// How long a stream may bring too much.
const lingerMs = 60

/** Reads a stream from now on. */
export function collect<T>(
  stream: AsyncIterable<T> & { return?(): Promise<unknown> },
): Collected<T> {
  const items: T[] = []
  const reading = (async () => {
    for await (const item of stream) items.push(item)
  })()
  return {
    until: async (count) => {
      let [lastCount, waitedMs] = [0, 0]
      while (items.length < count && waitedMs < patienceMs) {
        await sleep(pollMs)
        waitedMs = items.length > lastCount ? 0 : waitedMs + pollMs
        lastCount = items.length
      }
      await sleep(lingerMs)
      await stream.return?.()
      await reading
      return items
    },
  }
}

/** Resolves after some time. */
export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
