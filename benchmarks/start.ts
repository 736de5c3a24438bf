// From starting the process to the first answer of the API, against the published gRPC server.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { interleave, rounded } from './measure.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'
import { startServer } from './server-process.ts'

/** `npm run bench -- start` */
export async function start({ rounds }: BenchOptions): Promise<Report> {
  const data = mkdtempSync(join(tmpdir(), 'posthorn-bench-'))
  const [ours = 0, peer = 0] = await interleave(rounds, [() => startNode(data), startPeer])
  rmSync(data, { recursive: true, force: true })
  return {
    name: 'start',
    setting: { rounds, from: 'process start', to: 'first answer of /readyz (peer: listening)' },
    ours: { milliseconds: rounded(ours) },
    peer: { name: 'grpc-js 1.14.7, empty handler', milliseconds: rounded(peer) },
    ratio: rounded(peer / ours),
  }
}

async function startNode(data: string): Promise<number> {
  const startedAt = performance.now()
  const cli = join(import.meta.dirname, '../packages/cli/bin/posthorn.js')
  const node = spawn(
    process.execPath,
    [cli, 'up', '--api-port', '0', '--data', data, '--log', 'json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const url = await readyUrl(node)
  const answer = await fetch(`${url}/readyz`)
  await answer.text()
  const milliseconds = performance.now() - startedAt
  node.kill('SIGINT')
  await once(node, 'exit')
  return milliseconds
}

async function readyUrl(node: ChildProcess): Promise<string> {
  if (node.stdout === null) throw new Error('the node has no stdout')
  for await (const line of createInterface({ input: node.stdout })) {
    const { event, api } = JSON.parse(line) as { event?: string; api?: string[] }
    if (event === 'ready' && api?.[0] !== undefined) return api[0]
  }
  throw new Error('the node ended before it was ready')
}

async function startPeer(): Promise<number> {
  const startedAt = performance.now()
  const server = await startServer('grpc-js')
  const milliseconds = performance.now() - startedAt
  await server[Symbol.asyncDispose]()
  return milliseconds
}
