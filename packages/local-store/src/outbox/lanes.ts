// One lane for each conversation that has something to send: its entries go one after the other, in order.

import type { OutboxEntry } from '../records.ts'

/** What became of a try; `again` leaves the entry where it is. */
export type Outcome =
  | { readonly kind: 'settled' }
  | { readonly kind: 'again'; readonly error: unknown }

/** Lanes that run while there is something in them. */
export type Lanes = {
  /** Puts an entry into the lane of its conversation, in its place; again changes nothing. */
  admit(entry: OutboxEntry): void
  /** Resolves when all lanes have stopped. */
  stopped(): Promise<void>
}

/** What lanes need. */
export type LanesOptions = {
  readonly signal: AbortSignal
  attempt(number: number): Promise<Outcome>
  pause(failures: number, error: unknown): Promise<void>
}

/** Creates lanes; they stop with the signal. */
export function createLanes({ signal, attempt, pause }: LanesOptions): Lanes {
  // Waiting numbers by topic; a topic is there while its lane runs.
  const waiting = new Map<string, Set<number>>()
  const running = new Set<Promise<void>>()

  async function run(topic: string, numbers: Set<number>): Promise<void> {
    let failures = 0
    while (!signal.aborted && numbers.size > 0) {
      const number = Math.min(...numbers)
      const outcome = await attempt(number)
      if (outcome.kind === 'settled') {
        numbers.delete(number)
        failures = 0
      } else await pause(++failures, outcome.error)
    }
    waiting.delete(topic)
  }

  return {
    admit: ({ topic, number, state }) => {
      if (state !== 'waiting' || signal.aborted) return
      const numbers = waiting.get(topic)
      if (numbers !== undefined) {
        numbers.add(number)
        return
      }
      const first = new Set([number])
      waiting.set(topic, first)
      const lane = run(topic, first).finally(() => running.delete(lane))
      running.add(lane)
    },
    stopped: async () => {
      await Promise.all(running)
    },
  }
}
