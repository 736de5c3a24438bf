// Many who ask the same at the same time share one question.

import { cancelled } from './names-errors.ts'

/** Joins questions by their key. */
export type SingleFlight = {
  /**
   * The result of `start`, or of the one already running under this key. It is aborted when all who wait for
   * it have given up.
   *
   * @throws TransportError `names/cancelled`, and what `start` throws
   */
  run<T>(
    key: string,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>
}

type Flight = {
  readonly promise: Promise<unknown>
  readonly owner: AbortController
  waiting: number
}

/** Makes one; a key must always stand for the same kind of result. */
export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Flight>()

  function take(key: string, start: (signal: AbortSignal) => Promise<unknown>): Flight {
    const running = flights.get(key)
    if (running !== undefined) return running
    const owner = new AbortController()
    const promise = start(owner.signal)
    const flight: Flight = { promise, owner, waiting: 0 }
    flights.set(key, flight)
    const land = (): void => leave(key, flight)
    promise.then(land, land)
    return flight
  }

  function leave(key: string, flight: Flight): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  async function run<T>(
    key: string,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted) throw cancelled('Ask for a name')
    const flight = take(key, start)
    flight.waiting++
    const ended = new AbortController()
    const given = new Promise<never>((_, reject) => {
      const onAbort = (): void => reject(cancelled('Ask for a name'))
      signal?.addEventListener('abort', onAbort, { once: true, signal: ended.signal })
    })
    try {
      return (await Promise.race([flight.promise, given])) as T
    } finally {
      ended.abort()
      flight.waiting--
      if (flight.waiting === 0) {
        leave(key, flight)
        flight.owner.abort()
      }
    }
  }

  return { run }
}
