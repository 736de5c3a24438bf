// Publishing: to all nodes that are in good health, answered as soon as enough of them have stored it. The
// others get it all the same, in the background and within bounds; what they miss they fetch from one another.

import { isRetryable, retryDelayMs } from '../retry.ts'
import type { Transport } from '../transport.ts'
import { mostTelling, type NodeClock, type NodeConnection, type NodeList } from './node-list.ts'

/** Options of {@link publishToNodes}. */
export type PublishToNodesOptions = {
  readonly clock: NodeClock
  readonly random: () => number
  /** How many nodes have to store an envelope. */
  readonly acknowledgements: number
  /** Aborts what goes on in the background. */
  readonly closing: AbortSignal
}

type Send = (node: NodeConnection) => Promise<void>
type Tries = ReadonlyMap<NodeConnection, Promise<void>>

const maxTries = 4
const maxInBackground = 100
const backOff = { baseDelayMs: 1_000, maxDelayMs: 30_000 } as const

/** Publishes to the nodes of a list. */
export function publishToNodes(
  list: NodeList,
  options: PublishToNodesOptions,
): Transport['publish'] {
  const { acknowledgements, closing } = options
  let inBackground = 0

  async function finish(tries: Tries, send: Send, work: Work): Promise<void> {
    // The network has it; the caller may go home.
    work.release()
    if (inBackground >= maxInBackground) return work.end()
    inBackground += 1
    const rest = [...tries].map(([node, first]) =>
      first.catch((error: unknown) => sendLater(() => send(node), error, { ...options, work })),
    )
    await Promise.all(rest)
    inBackground -= 1
    work.end()
  }

  return async (envelopes, { signal, authorization } = {}) => {
    const work = startWork(signal, closing)
    const send: Send = async (node) => {
      try {
        await node.transport.publish(envelopes, { signal: work.signal, authorization })
      } catch (error) {
        list.failed(node, error)
        throw error
      }
    }
    try {
      const tries = await acknowledged(roundsOf(list, acknowledgements), send, acknowledgements)
      void finish(tries, send, work)
    } catch (error) {
      work.end()
      throw error
    }
  }
}

// Nodes that rest are asked when the others are not enough.
function roundsOf(list: NodeList, wanted: number): readonly (readonly NodeConnection[])[] {
  const nodes = list.inOrder()
  const healthy = nodes.filter(list.isHealthy)
  const first = healthy.length < wanted ? nodes.slice(0, wanted) : healthy
  return [first, nodes.filter((node) => !first.includes(node))]
}

// @throws the most telling failure, when too few nodes have stored it
async function acknowledged(
  rounds: readonly (readonly NodeConnection[])[],
  send: Send,
  wanted: number,
): Promise<Tries> {
  const tries = new Map<NodeConnection, Promise<void>>()
  let failures: readonly unknown[] = []
  for (const round of rounds) {
    for (const node of round) tries.set(node, send(node))
    failures = await failuresUntil([...tries.values()], wanted)
    if (failures.length <= tries.size - wanted) return tries
  }
  throw mostTelling(failures)
}

// Resolves when enough tries have succeeded, or all of them have ended.
function failuresUntil(tries: readonly Promise<void>[], wanted: number): Promise<unknown[]> {
  return new Promise((resolve) => {
    const failures: unknown[] = []
    let successes = 0
    const look = (): void => {
      if (successes >= wanted || successes + failures.length === tries.length) resolve(failures)
    }
    for (const each of tries) {
      each.then(
        () => {
          successes += 1
          look()
        },
        (error: unknown) => {
          failures.push(error)
          look()
        },
      )
    }
  })
}

type Later = PublishToNodesOptions & { readonly work: Work }

async function sendLater(send: () => Promise<void>, first: unknown, later: Later): Promise<void> {
  const { clock, random, work } = later
  let error = first
  for (let tried = 1; tried < maxTries && isRetryable(error); tried++) {
    const delayMs = Math.max(error.retryAfterMs ?? 0, retryDelayMs(tried, { ...backOff, random }))
    await clock.sleep(delayMs, { signal: work.signal })
    if (work.signal.aborted) return
    try {
      return await send()
    } catch (next) {
      error = next
    }
  }
}

/** What may be cancelled by its caller until it is released, and by its owner to its end. */
type Work = { readonly signal: AbortSignal; release(): void; end(): void }

function startWork(caller: AbortSignal | undefined, owner: AbortSignal): Work {
  const working = new AbortController()
  const abort = (): void => working.abort()
  if (caller?.aborted || owner.aborted) abort()
  caller?.addEventListener('abort', abort)
  owner.addEventListener('abort', abort)
  const release = (): void => caller?.removeEventListener('abort', abort)
  const end = (): void => {
    release()
    owner.removeEventListener('abort', abort)
    abort()
  }
  return { signal: working.signal, release, end }
}
