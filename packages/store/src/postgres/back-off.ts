// How long to leave a database alone that could not be reached.

import type { StoreTimers } from './timers.ts'

const firstDelayMs = 100
const maxDelayMs = 2_000

/** Time between attempts: 0.1 s after the first failure, then twice as long each time, up to 2 s. */
export class BackOff {
  readonly #timers: StoreTimers
  #delayMs = 0
  #isWaiting = false

  constructor(timers: StoreTimers) {
    this.#timers = timers
  }

  /** Whether it is too early for another attempt. */
  get isWaiting(): boolean {
    return this.#isWaiting
  }

  /** How long after the last failure the next attempt may be made. */
  get delayMs(): number {
    return this.#delayMs
  }

  failed(): void {
    this.#delayMs = Math.min(maxDelayMs, Math.max(firstDelayMs, 2 * this.#delayMs))
    this.#isWaiting = true
    this.#timers.after(this.#delayMs, () => {
      this.#isWaiting = false
    })
  }

  succeeded(): void {
    this.#delayMs = 0
    this.#isWaiting = false
  }
}
