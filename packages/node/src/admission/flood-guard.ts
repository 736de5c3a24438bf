// What one address may do to the node before any of its calls is looked at: how many connections it has, and
// how many requests it takes back before they are answered, on however many connections.

import {
  type BlockSet,
  blockText,
  clientBlockOf,
  createRateLimiter,
  parseIpAddress,
} from '@posthorn/postage'
import type { Clock } from '../clock.ts'

/** Bounds of the addresses that connect. */
export type FloodGuard = {
  /** What is known of an address, and of the others of its block. */
  client(remoteAddress: string | undefined): FloodClient
}

/** The clients behind an address. */
export type FloodClient = {
  /** The same for all addresses of a block; undefined where nothing is bounded. */
  readonly block: string | undefined
  /** Takes in one more connection; false where there are as many as there may be. */
  connect(): boolean
  /** One connection less. */
  disconnect(): void
  /** Counts a request that was taken back before its answer; false when there were too many of late. */
  countReset(): boolean
  /** The client has flooded the node in another way. */
  bar(): void
  /** Whether it has flooded the node in the last seconds. */
  isBarred(): boolean
}

/** What a guard is made of. */
export type FloodGuardParts = {
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Addresses that speak for many clients: nothing is bounded for them. */
  readonly exempt: BlockSet
  /** Of one block at a time. */
  readonly maxConnections: number
}

// Calls that all run into their deadline at once are not a flood.
const resetLimit = { burst: 1_000, perMinute: 6_000 }
// Short, because others may share the address: it costs the node one burst each time.
const barredMs = 5_000
const maxRemembered = 10_000

const unbounded: FloodClient = {
  block: undefined,
  connect: () => true,
  disconnect: () => {},
  countReset: () => true,
  bar: () => {},
  isBarred: () => false,
}

/** The guard of a node that is alone with its users. */
export const noFloodGuard: FloodGuard = { client: () => unbounded }

/** Creates a guard that knows nobody yet. */
export function createFloodGuard({ clock, exempt, maxConnections }: FloodGuardParts): FloodGuard {
  const resets = createRateLimiter({ maxBuckets: maxRemembered })
  const barred = createBarred(clock)
  const connections = new Map<string, number>()

  return {
    client: (remoteAddress) => {
      const address = remoteAddress === undefined ? undefined : parseIpAddress(remoteAddress)
      if (address === undefined || exempt.has(address)) return unbounded
      const block = blockText(clientBlockOf(address))
      return {
        block,
        connect: () => {
          const count = connections.get(block) ?? 0
          if (count >= maxConnections) return false
          connections.set(block, count + 1)
          return true
        },
        disconnect: () => {
          const count = connections.get(block) ?? 0
          if (count > 1) connections.set(block, count - 1)
          else connections.delete(block)
        },
        countReset: () => {
          const charge = { key: block, limit: resetLimit, cost: 1 }
          if (resets.take([charge], clock.monotonicMs()) === undefined) return true
          barred.add(block)
          return false
        },
        bar: () => barred.add(block),
        isBarred: () => barred.has(block),
      }
    },
  }
}

// In the order in which they are free again.
function createBarred({ monotonicMs }: Pick<Clock, 'monotonicMs'>) {
  const untilMs = new Map<string, number>()
  return {
    has: (block: string): boolean => (untilMs.get(block) ?? 0) > monotonicMs(),
    add: (block: string): void => {
      const nowMs = monotonicMs()
      for (const [known, endMs] of untilMs) {
        if (endMs > nowMs && untilMs.size < maxRemembered) break
        untilMs.delete(known)
      }
      untilMs.delete(block)
      untilMs.set(block, nowMs + barredMs)
    },
  }
}
