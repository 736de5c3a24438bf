// Run by tests as a process of its own, to be killed: a node on its real store.

import { parseConfig, readyLine, startNode } from '../index.ts'

const [data = ''] = process.argv.slice(2)
const config = parseConfig({ flags: { data, 'api-port': 0, auth: 'off' } })
const node = await startNode(config)
process.stdout.write(`${readyLine(node)}\n`)
