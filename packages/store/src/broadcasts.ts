// Listeners to the broadcasts of a store, in one process.

import type { Envelope } from '@posthorn/envelope'

/** Calls those who listen, in the order in which they came. */
export class Broadcasts {
  readonly #listeners = new Set<(envelope: Envelope) => void>()

  /** Whether nobody listens. */
  get isIdle(): boolean {
    return this.#listeners.size === 0
  }

  add(listener: (envelope: Envelope) => void): Disposable {
    // The same function may listen twice.
    const own = (envelope: Envelope): void => listener(envelope)
    this.#listeners.add(own)
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) }
  }

  tell(envelope: Envelope): void {
    for (const listener of this.#listeners) listener(envelope)
  }
}
