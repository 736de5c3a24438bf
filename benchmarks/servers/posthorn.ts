// A node as `posthorn up` starts it: authentication on, SQLite in a folder of its own, with the flags it is given.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, startNode } from '../../packages/node/src/index.ts'
import type { NodeFlags } from '../server-process.ts'
import { serve } from './serve.ts'

const data = mkdtempSync(join(tmpdir(), 'posthorn-bench-'))
const given: NodeFlags = JSON.parse(process.argv[2] ?? '{}')
const node = await startNode(parseConfig({ flags: { ...given, data, 'api-port': '0' } }))
serve(node.apiUrls[0] ?? '', async () => {
  await node[Symbol.asyncDispose]()
  rmSync(data, { recursive: true, force: true })
})
