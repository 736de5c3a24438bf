/** Values that arrive, for a test that takes them one by one. */
export type Queue<T> = {
  put(value: T): void
  close(): void
  next(): Promise<T | undefined>
}

/** Creates an empty queue. */
export function createQueue<T>(): Queue<T> {
  const values: T[] = []
  const takers: ((value: T | undefined) => void)[] = []
  let isClosed = false
  return {
    put: (value) => {
      const taker = takers.shift()
      if (taker === undefined) values.push(value)
      else taker(value)
    },
    close: () => {
      isClosed = true
      for (const taker of takers.splice(0)) taker(undefined)
    },
    next: async () => {
      if (values.length > 0 || isClosed) return values.shift()
      return new Promise((resolve) => takers.push(resolve))
    },
  }
}
