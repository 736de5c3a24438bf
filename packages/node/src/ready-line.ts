import type { RunningNode } from './running-node.ts'

/** The line that tells scripts where a node listens: one JSON object, no line feed. */
export function readyLine(node: Pick<RunningNode, 'apiUrls' | 'config'>): string {
  const { apiUrls, config } = node
  return JSON.stringify({ event: 'ready', api: apiUrls, store: config.store, auth: config.auth })
}
