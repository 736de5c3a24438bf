// A bounded buffer between the dispatcher and one stream. The bound is memory alone: how many messages
// come at once is the publishers' doing, and says nothing of how well the stream is read.

import type { Delivery } from './delivery.ts'

/** Deliveries wait here until their stream takes them. */
export type Mailbox = {
  /** Keeps a delivery if it fits. The first that does not makes the mailbox overflow: from then on all are dropped. */
  put(delivery: Delivery): void
  /** Whether deliveries were dropped since the last reset. */
  hasOverflowed(): boolean
  /** Everything waiting, as soon as there is anything or somebody nudges; undefined once closed and empty. */
  take(): Promise<readonly Delivery[] | undefined>
  /** Makes who waits look again. */
  nudge(): void
  /** Throws away what waits and keeps deliveries again. */
  reset(): void
  /** Takes no more; what waits can still be taken. */
  close(): void
}

/** Creates an empty mailbox for one taker. One delivery always fits, however large. */
export function createMailbox(maxBytes: number): Mailbox {
  let waiting: Delivery[] = []
  let waitingBytes = 0
  let isClosed = false
  let hasOverflowed = false
  let wake: (() => void) | undefined

  const nudge = (): void => {
    wake?.()
    wake = undefined
  }
  const clear = (): Delivery[] => {
    const taken = waiting
    waiting = []
    waitingBytes = 0
    return taken
  }

  return {
    put: (delivery) => {
      if (isClosed || hasOverflowed) return
      const isFull = waitingBytes + delivery.costBytes > maxBytes
      if (isFull && waiting.length > 0) {
        hasOverflowed = true
        return
      }
      waiting.push(delivery)
      waitingBytes += delivery.costBytes
      nudge()
    },
    hasOverflowed: () => hasOverflowed,
    take: async () => {
      if (waiting.length === 0 && !isClosed) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return waiting.length === 0 && isClosed ? undefined : clear()
    },
    nudge,
    reset: () => {
      hasOverflowed = false
      clear()
    },
    close: () => {
      isClosed = true
      nudge()
    },
  }
}
