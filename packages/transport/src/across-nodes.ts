// Several nodes of one network as one transport: whichever of them fails, the others carry on.

import { UsageError } from '@posthorn/errors'
import { createNodeList, type NodeClock, type NodeConnection } from './across-nodes/node-list.ts'
import { publishToNodes } from './across-nodes/publish-to-nodes.ts'
import { readFromNodes } from './across-nodes/read-from-nodes.ts'
import type { SecondOpinion } from './across-nodes/second-opinion.ts'
import { subscribeToNodes } from './across-nodes/subscribe-to-nodes.ts'
import type { Transport } from './transport.ts'

export type { NodeClock, NodeConnection } from './across-nodes/node-list.ts'
export type { NodeAnswer, SecondOpinion } from './across-nodes/second-opinion.ts'

/** Options of {@link acrossNodes}. */
export type AcrossNodesOptions = {
  readonly clock: NodeClock
  /** A number in [0, 1). */
  readonly random: () => number
  /** How many nodes have to store an envelope before `publish` resolves; default 1. */
  readonly acknowledgements?: number | undefined
  /** Topics about which two nodes are asked; default: none. */
  readonly secondOpinion?: SecondOpinion | undefined
}

/**
 * A transport over several nodes of one network, which belong to it from now on. Envelopes go to all of them;
 * reads and streams to one, and to the next when that fails. Nodes that fail rest for one second, and twice as
 * long each time they fail again, up to a minute. It tries each node once: wrap it with `withRetry`.
 *
 * @throws UsageError `transport/no-nodes`, `transport/bad-acknowledgements`
 */
export function acrossNodes(
  nodes: readonly NodeConnection[],
  options: AcrossNodesOptions,
): Transport {
  const { clock, random, acknowledgements = 1, secondOpinion } = options
  check(nodes, acknowledgements)
  const closing = new AbortController()
  const list = createNodeList(nodes, { clock, random })
  const publishing = { clock, random, acknowledgements, closing: closing.signal }
  return {
    publish: publishToNodes(list, publishing),
    ...readFromNodes(list, nodes.length > 1 ? secondOpinion : undefined),
    subscribe: subscribeToNodes(list),
    [Symbol.asyncDispose]: async () => {
      closing.abort()
      await Promise.all(nodes.map(({ transport }) => transport[Symbol.asyncDispose]()))
    },
  }
}

function check(nodes: readonly NodeConnection[], acknowledgements: number): void {
  if (nodes.length === 0) {
    throw new UsageError('transport/no-nodes', 'Use several nodes: found none, wanted at least one')
  }
  if (Number.isInteger(acknowledgements) && acknowledgements >= 1) {
    if (acknowledgements <= nodes.length) return
  }
  throw new UsageError(
    'transport/bad-acknowledgements',
    `Use several nodes: found ${acknowledgements} acknowledgements, wanted 1 to ${nodes.length}`,
  )
}
