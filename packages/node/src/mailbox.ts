// A bounded buffer between the dispatcher and one stream. The bound is memory alone: how many messages
// come at once is the publishers' doing, and says nothing of how well the stream is read.

import type { Delivery } from './delivery.ts'

const nothing: readonly Delivery[] = []

/** Deliveries wait here until their stream, the only taker, takes them. One always fits, however large. */
export class Mailbox {
  readonly #maxBytes: number
  // Most streams wait most of the time: an empty mailbox holds next to nothing.
  #waiting: Delivery[] | undefined
  #waitingBytes = 0
  #isClosed = false
  #hasOverflowed = false
  #wake: (() => void) | undefined

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Keeps a delivery if it fits. The first that does not makes the mailbox overflow: from then on all are dropped. */
  put(delivery: Delivery): void {
    if (this.#isClosed || this.#hasOverflowed) return
    const bytes = this.#waitingBytes + delivery.costBytes
    if (this.#waiting === undefined) this.#waiting = [delivery]
    else if (bytes <= this.#maxBytes) this.#waiting.push(delivery)
    else {
      this.#hasOverflowed = true
      return
    }
    this.#waitingBytes = bytes
    this.nudge()
  }

  /** Bytes of what waits. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** Whether deliveries were dropped since the last reset. */
  hasOverflowed(): boolean {
    return this.#hasOverflowed
  }

  /** Resolves as soon as anything waits, somebody nudges, or it is closed. */
  stirred(): Promise<void> {
    if (this.#waiting !== undefined || this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** Everything waiting, in one batch; undefined once closed and empty. */
  take(): readonly Delivery[] | undefined {
    return this.#waiting === undefined && this.#isClosed ? undefined : this.#clear()
  }

  /** Makes who waits look again. */
  nudge(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  /** Throws away what waits and keeps deliveries again. */
  reset(): void {
    this.#hasOverflowed = false
    this.#clear()
  }

  /** Takes no more; what waits can still be taken. */
  close(): void {
    this.#isClosed = true
    this.nudge()
  }

  #clear(): readonly Delivery[] {
    const taken = this.#waiting ?? nothing
    this.#waiting = undefined
    this.#waitingBytes = 0
    return taken
  }
}
