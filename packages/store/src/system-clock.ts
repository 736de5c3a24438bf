// The one place in the store that reads the machine's clock and the event loop.

import { setImmediate } from 'node:timers/promises'
import type { StoreClock } from './store.ts'

/** The machine's clock. */
export const systemClock: StoreClock = { nowNs: () => BigInt(Date.now()) * 1_000_000n }

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return setImmediate()
}
