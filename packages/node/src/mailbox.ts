// A bounded buffer between the dispatcher and one stream.

import type { Delivery } from './delivery.ts'

/** How much a mailbox holds before it is full. One delivery always fits, however large. */
export type MailboxLimits = {
  readonly maxMessages: number
  readonly maxBytes: number
}

/** Deliveries wait here until their stream takes them. */
export type Mailbox = {
  /** False when the delivery did not fit; the mailbox is unchanged then. */
  put(delivery: Delivery): boolean
  /** Everything waiting, as soon as there is anything; undefined once closed and empty. */
  take(): Promise<readonly Delivery[] | undefined>
  /** Takes no more; what waits can still be taken. */
  close(): void
}

/** Creates an empty mailbox for one taker. */
export function createMailbox(limits: MailboxLimits): Mailbox {
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
      const isFull =
        waiting.length >= limits.maxMessages ||
        waitingBytes + delivery.lengthBytes > limits.maxBytes
      if (isFull && waiting.length > 0) return false
      waiting.push(delivery)
      waitingBytes += delivery.lengthBytes
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
