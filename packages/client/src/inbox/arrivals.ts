// What arrives live waits here and is filed many at a time: one by one each message would cost a write of its own.

import type { LiveEnvelope, LogMark } from '@posthorn/transport'

/** Something that arrived: an envelope, or word that everything up to a number has. */
export type Arrival =
  | { readonly kind: 'envelope'; readonly envelope: LiveEnvelope }
  | { readonly kind: 'mark'; readonly mark: LogMark }

/** A queue with an end on either side. */
export type Arrivals = {
  /** Resolves when there is room for more. */
  push(arrival: Arrival): Promise<void>
  /** The next ones, at least one and in order; undefined when the signal has aborted. */
  take(): Promise<readonly Arrival[] | undefined>
}

/** Most envelopes in one put. */
const maxTaken = 500
// As many wait while a put is under way; beyond that the stream waits.
const maxWaiting = 1_000

/** Creates an empty queue. */
export function createArrivals(signal: AbortSignal): Arrivals {
  let waiting: Arrival[] = []
  let onArrival = (): void => undefined
  let onRoom = (): void => undefined
  signal.addEventListener(
    'abort',
    () => {
      onArrival()
      onRoom()
    },
    { once: true },
  )
  return {
    push: async (arrival) => {
      waiting.push(arrival)
      onArrival()
      if (waiting.length < maxWaiting || signal.aborted) return
      await new Promise<void>((resolve) => {
        onRoom = resolve
      })
    },
    take: async () => {
      if (waiting.length === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          onArrival = resolve
        })
      }
      if (signal.aborted) return undefined
      const taken = waiting.slice(0, maxTaken)
      waiting = waiting.slice(maxTaken)
      if (waiting.length < maxWaiting) onRoom()
      return taken
    },
  }
}
