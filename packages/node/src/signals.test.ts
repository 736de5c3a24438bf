import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { startTestNode } from './contract/test-node.ts'
import type { RunningNode } from './running-node.ts'
import { installSignalHandlers } from './signals.ts'

async function isStoppedBy(node: RunningNode, signal: string): Promise<boolean> {
  const source = new EventEmitter()
  const stopped = installSignalHandlers(node, { source, exitNow: () => {} })
  const isHeard = source.emit(signal)
  if (isHeard) await stopped
  return isHeard
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('a node is stopped by %s', async (signal) => {
  await using testNode = await startTestNode()
  expect(await isStoppedBy(testNode.node, signal)).toBe(true)
  await expect(fetch(`${testNode.url}/healthz`)).rejects.toThrow()
})
