// Tells values to any number of readers, each at its own pace.

/** A source that many may read. */
export type Broadcast<T> = {
  tell(value: T): void
  /** What is told from the call on; ends with the signal or the broadcast. */
  read(signal?: AbortSignal, first?: readonly T[]): AsyncIterable<T>
  end(): void
}

// A reader that is slower misses the oldest values.
const maxWaiting = 256

/** Creates a broadcast; of what waits, a value takes the place of an earlier one with the same key. */
export function createBroadcast<T>(keyOf: (value: T) => string): Broadcast<T> {
  const readers = new Set<Reader<T>>()
  let isEnded = false
  return {
    tell: (value) => {
      for (const reader of readers) reader.take(value)
    },
    read: (signal, first = []) => {
      const reader = createReader(keyOf)
      for (const value of first) reader.take(value)
      const end = (): void => {
        reader.end()
        readers.delete(reader)
        signal?.removeEventListener('abort', end)
      }
      readers.add(reader)
      signal?.addEventListener('abort', end, { once: true })
      if (isEnded || signal?.aborted) end()
      return reader.iterate(end)
    },
    end: () => {
      isEnded = true
      for (const reader of readers) reader.end()
      readers.clear()
    },
  }
}

type Reader<T> = {
  take(value: T): void
  end(): void
  iterate(onEnd: () => void): AsyncIterable<T>
}

function createReader<T>(keyOf: (value: T) => string): Reader<T> {
  const waiting = new Map<string, T>()
  let isEnded = false
  let wake = (): void => undefined

  async function* iterate(onEnd: () => void): AsyncGenerator<T, void> {
    try {
      for (;;) {
        const [next] = waiting
        if (next !== undefined) {
          waiting.delete(next[0])
          yield next[1]
        } else if (isEnded) return
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } finally {
      onEnd()
    }
  }

  return {
    take: (value) => {
      const key = keyOf(value)
      waiting.delete(key)
      waiting.set(key, value)
      const [oldest] = waiting.keys()
      if (waiting.size > maxWaiting && oldest !== undefined) waiting.delete(oldest)
      wake()
    },
    end: () => {
      isEnded = true
      wake()
    },
    iterate,
  }
}
