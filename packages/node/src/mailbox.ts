// A bounded buffer between the dispatcher and one stream. The bound is memory alone: how many messages
// come at once is the publishers' doing, and says nothing of how well the stream is read.

import type { Delivery } from './delivery.ts'

/** Deliveries wait here until their stream takes them. */
export type Mailbox = {
  /** False when the delivery did not fit; the mailbox is unchanged then. */
  put(delivery: Delivery): boolean
  /** Everything waiting, as soon as there is anything; undefined once closed and empty. */
  take(): Promise<readonly Delivery[] | undefined>
  /** Takes no more; what waits can still be taken. */
  close(): void
}

/** Creates an empty mailbox for one taker. One delivery always fits, however large. */
export function createMailbox(maxBytes: number): Mailbox {
  let waiting: Delivery[] = []
  let waitingBytes = 0
  let isClosed = false
  let wake: (() => void) | undefined

  const notify = (): void => {
    wake?.()
    wake = undefined
  }

  return {
    put: (delivery) => {
      if (isClosed) return false
      const isFull = waitingBytes + delivery.costBytes > maxBytes
      if (isFull && waiting.length > 0) return false
      waiting.push(delivery)
      waitingBytes += delivery.costBytes
      notify()
      return true
    },
    take: async () => {
      if (waiting.length === 0 && !isClosed) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (waiting.length === 0) return undefined
      const taken = waiting
      waiting = []
      waitingBytes = 0
      return taken
    },
    close: () => {
      isClosed = true
      notify()
    },
  }
}
