import type { RunningNode } from './running-node.ts'

/** The line that tells scripts where a node listens: one JSON object, no line feed. */
export function readyLine(node: Pick<RunningNode, 'apiUrls' | 'adminUrl' | 'config'>): string {
  const { apiUrls, adminUrl, config } = node
  const { store, auth } = config
  return JSON.stringify({ event: 'ready', api: apiUrls, admin: adminUrl, store, auth })
}
