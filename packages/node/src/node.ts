// A node's life: it starts from the store outwards and stops from the ports inwards.

import type { NodeConfig } from './config.ts'
import { type NodePorts, openPorts } from './ports.ts'
import type { RunningNode } from './running-node.ts'

/**
 * Opens the store and serves the API. Resolves when the node answers on every port.
 *
 * @param given ports to use instead of the real ones
 * @throws UsageError `node/port-taken`, `node/cannot-listen`, `policy/cannot-start`; StorageError when the store cannot be opened
 */
export async function startNode(
  config: NodeConfig,
  given: Partial<NodePorts> = {},
): Promise<RunningNode> {
  const opening = openPorts(config, given)
  // The store starts a thread of its own, which takes as long as loading the rest of the node.
  const [ports, { serve }] = await Promise.all([opening, import('./serve.ts')])
  try {
    return await serve(config, ports)
  } catch (error) {
    await ports.store[Symbol.asyncDispose]()
    await ports.policy?.[Symbol.asyncDispose]()
    throw error
  }
}
