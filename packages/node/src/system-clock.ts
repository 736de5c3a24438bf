// The one place in the node that reads the machine's clock.

import type { Clock, Timer } from './clock.ts'

/** The machine's clock and the event loop's timers. */
export const systemClock: Clock = {
  nowNs: () => BigInt(Date.now()) * 1_000_000n,
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => timeout(setTimeout(callback, delayMs)),
  every: (periodMs, callback) => timeout(setInterval(callback, periodMs)),
}

/** Calls back in the next turn of the event loop, once what has come in the meantime was read. */
export function nextTurn(callback: () => void): void {
  setImmediate(callback)
}

function timeout(handle: NodeJS.Timeout): Timer {
  handle.unref()
  return { cancel: () => clearTimeout(handle) }
}
