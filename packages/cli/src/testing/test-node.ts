// A node in this process, on a free port, that keeps everything in memory.

import { parseConfig, startNode } from '@posthorn/node'

/** A node for tests. */
export type TestNode = AsyncDisposable & { readonly url: string }

/** Starts a node. */
export async function startTestNode(): Promise<TestNode> {
  const flags = { store: 'memory', 'api-port': '0', 'grace-ms': '200' }
  const node = await startNode(parseConfig({ flags }))
  return { url: node.apiUrls[0] ?? '', [Symbol.asyncDispose]: () => node.kill() }
}
