// Nodes of a network in memory whose ways can be broken.

import { TransportError } from '@posthorn/errors'
import { testSha256 } from '../contract.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../memory.ts'
import type { Transport } from '../transport.ts'
import type { NodeConnection } from './node-list.ts'

/** A node, with what a test does to it and sees of it. */
export type TestNode = NodeConnection & {
  readonly network: MemoryNetwork
  /** Calls that reached it, by their names. */
  readonly calls: string[]
  /** Every call fails with this; undefined: none. */
  failure: unknown
  /** Calls wait for this first. */
  gate: Promise<void>
}

/** The failure of a node that cannot be reached. */
export function down(): TransportError {
  return new TransportError('transport/unavailable', 'Call network: down')
}

/** A node with a store of its own. */
export function testNode(name: string): TestNode {
  const network = createMemoryNetwork({ sha256: testSha256 })
  const inner = network.connect()
  const pass = async (call: string): Promise<void> => {
    node.calls.push(call)
    await node.gate
    if (node.failure !== undefined) throw node.failure
  }
  const transport: Transport = {
    publish: async (envelopes, options) => {
      await pass('publish')
      await inner.publish(envelopes, options)
    },
    query: async (request, options) => {
      await pass('query')
      return inner.query(request, options)
    },
    batchQuery: async (requests, options) => {
      await pass('batchQuery')
      return inner.batchQuery(requests, options)
    },
    subscribe: async function* (topics, options = {}) {
      await pass('subscribe')
      options.onMark?.({ logId: name, sequence: 1 })
      yield* inner.subscribe(topics, options)
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  }
  const node: TestNode = {
    name,
    network,
    transport,
    calls: [],
    failure: undefined,
    gate: Promise.resolve(),
  }
  return node
}
