// The nodes of one network as one client sees them: which of them to ask first, and which to leave alone for a
// while.

import { AdmissionError, CodecError, StorageError, TransportError } from '@posthorn/errors'
import { type BackOff, retryDelayMs } from '../retry.ts'
import type { Timers } from '../timers.ts'
import type { Transport } from '../transport.ts'

/** One of several nodes. */
export type NodeConnection = {
  /** What it is called in alarms, most often its address. */
  readonly name: string
  readonly transport: Transport
}

/** The clock port: timers, and the time. */
export type NodeClock = Timers & {
  /** Milliseconds since 1970. */
  nowMs(): number
}

/** Options of {@link createNodeList}. */
export type NodeListOptions = Pick<BackOff, 'random'> & { readonly clock: NodeClock }

/** Several nodes, in the order in which they are asked. */
export type NodeList = {
  /** Those in good health, the one that is in use first; then the others, the longest rested first. */
  inOrder(): readonly NodeConnection[]
  isHealthy(node: NodeConnection): boolean
  /** The node answered: it is in use from now on. */
  succeeded(node: NodeConnection): void
  /** A call failed; trouble of the node itself makes it rest, the longer the more often. */
  failed(node: NodeConnection, error: unknown): void
}

type Health = { failures: number; restsUntilMs: number }

const backOff = { baseDelayMs: 1_000, maxDelayMs: 60_000 } as const

/** Creates a list in which all are in good health. */
export function createNodeList(
  nodes: readonly NodeConnection[],
  { clock, random }: NodeListOptions,
): NodeList {
  const healthOf = new Map<NodeConnection, Health>(
    nodes.map((node) => [node, { failures: 0, restsUntilMs: 0 }]),
  )
  // One node is read from until it fails, because what lies on one may not have reached another yet.
  let inUse = nodes[0]

  const restsUntilMs = (node: NodeConnection): number => healthOf.get(node)?.restsUntilMs ?? 0
  const isHealthy = (node: NodeConnection): boolean => restsUntilMs(node) <= clock.nowMs()

  return {
    isHealthy,
    inOrder: () => {
      const healthy = nodes.filter(isHealthy)
      const resting = nodes.filter((node) => !isHealthy(node))
      return [
        ...healthy.filter((node) => node === inUse),
        ...healthy.filter((node) => node !== inUse),
        ...resting.sort((a, b) => restsUntilMs(a) - restsUntilMs(b)),
      ]
    },
    succeeded: (node) => {
      healthOf.set(node, { failures: 0, restsUntilMs: 0 })
      inUse = node
    },
    failed: (node, error) => {
      if (!isTroubleOfNode(error)) return
      const failures = (healthOf.get(node)?.failures ?? 0) + 1
      const restMs = Math.max(
        error.retryAfterMs ?? 0,
        retryDelayMs(failures, { ...backOff, random }),
      )
      healthOf.set(node, { failures, restsUntilMs: clock.nowMs() + restMs })
    },
  }
}

/** Whether the caller cancelled, so that no other node need be asked. */
export function isCancelled(error: unknown): boolean {
  return error instanceof TransportError && error.code === 'transport/cancelled'
}

/** The failure that tells most of those of several nodes: an answer rather than the lack of one. */
export function mostTelling(failures: readonly unknown[]): unknown {
  const weights = failures.map(weightOf)
  return failures[weights.indexOf(Math.max(...weights))]
}

function weightOf(error: unknown): number {
  // Its caller makes a new token and tries again.
  if ((error as { readonly code?: unknown }).code === 'transport/unauthenticated') return 3
  if (!isTroubleOfNode(error)) return 2
  return error instanceof TransportError ? 1 : 0
}

type NodeTrouble = TransportError | CodecError | StorageError | AdmissionError

function isTroubleOfNode(error: unknown): error is NodeTrouble {
  return (
    (error instanceof TransportError && !isCancelled(error)) ||
    error instanceof CodecError ||
    error instanceof StorageError ||
    (error instanceof AdmissionError && error.code === 'rate/exceeded')
  )
}
