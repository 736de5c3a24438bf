// A node in this process, on a free port, that keeps everything in memory.

import { type Logger, parseConfig, silentLogger, startNode } from '@posthorn/node'

/** A node for tests. */
export type TestNode = AsyncDisposable & {
  readonly url: string
  /** Resolves when the next client has opened a stream. */
  nextStream(): Promise<void>
}

/** Starts a node. */
export async function startTestNode(): Promise<TestNode> {
  const flags = { store: 'memory', 'api-port': '0', 'grace-ms': '200' }
  let waiting: (() => void)[] = []
  const log: Logger = {
    ...silentLogger,
    debug: ({ event }) => {
      if (event !== 'stream-opened') return
      for (const resolve of waiting) resolve()
      waiting = []
    },
  }
  const node = await startNode(parseConfig({ flags }), { log })
  return {
    url: node.apiUrls[0] ?? '',
    nextStream: () => new Promise((resolve) => waiting.push(resolve)),
    [Symbol.asyncDispose]: () => node.kill(),
  }
}
