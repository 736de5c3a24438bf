// Run by tests as a process of its own, to be measured: a node on its real store. Needs --expose-gc.

import { parseConfig, readyLine, startNode } from '../index.ts'

const [data = ''] = process.argv.slice(2)
const node = await startNode(
  parseConfig({
    flags: { data, 'api-port': 0, auth: 'off', limits: process.env['LIMITS'] ?? 'on' },
  }),
)
process.on('message', () => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.({ kind: 'memory', bytes: heapUsed + external })
})
process.send?.({ kind: 'ready', url: JSON.parse(readyLine(node)).api[0] })
