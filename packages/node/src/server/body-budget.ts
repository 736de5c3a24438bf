// How much request data the node holds at a time.

import { TransportError } from '@posthorn/errors'

/** Bytes that all requests share. */
export type BodyBudget = {
  /** False when there is no room for so much more of something that has `heldBytes` already. */
  take(lengthBytes: number, heldBytes: number): boolean
  give(lengthBytes: number): void
}

/** What one request has taken of a budget. */
export type Room = {
  readonly takenBytes: number
  /** Takes so much more. Throws TransportError `transport/overloaded`. */
  take(lengthBytes: number): void
  giveBack(): void
}

const smallBytes = 65_536
// The rest is for what is small, so that few large requests do not shut everybody else out.
const shareOfLarge = 0.75

/** Creates a budget that all requests share. */
export function createBodyBudget(maxBytes: number): BodyBudget {
  let takenBytes = 0
  return {
    take: (lengthBytes, heldBytes) => {
      const isSmall = heldBytes + lengthBytes <= smallBytes
      const roomBytes = isSmall ? maxBytes : maxBytes * shareOfLarge
      if (takenBytes + lengthBytes > roomBytes) return false
      takenBytes += lengthBytes
      return true
    },
    give: (lengthBytes) => {
      takenBytes -= lengthBytes
    },
  }
}

/** Room for one request, empty at first. */
export function roomIn(budget: BodyBudget): Room {
  let takenBytes = 0
  return {
    get takenBytes() {
      return takenBytes
    },
    take: (lengthBytes) => {
      if (!budget.take(lengthBytes, takenBytes)) throw overloaded()
      takenBytes += lengthBytes
    },
    giveBack: () => {
      budget.give(takenBytes)
      takenBytes = 0
    },
  }
}

function overloaded(): TransportError {
  return new TransportError(
    'transport/overloaded',
    'Read request: the node holds as much request data as it may, try again',
    { retryAfterMs: 1_000 },
  )
}
