// Run by tests as a process of its own, to be measured: a node on its real store. Needs --expose-gc.

import { parseConfig, readyLine, startNode } from '../index.ts'

const [data = '', flags = '{}'] = process.argv.slice(2)
const given = { data, 'api-port': 0, auth: 'off', ...JSON.parse(flags) }
const node = await startNode(parseConfig({ flags: given }))
process.on('message', async () => {
  // What lies beside the heap is given back after the first collection, in a turn of its own.
  globalThis.gc?.()
  await new Promise((resolve) => setTimeout(resolve, 100))
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  const peakRssBytes = process.resourceUsage().maxRSS * 1_024
  process.send?.({ kind: 'memory', bytes: heapUsed + external, rssBytes: rss, peakRssBytes })
})
process.send?.({ kind: 'ready', url: JSON.parse(readyLine(node)).api[0] })
