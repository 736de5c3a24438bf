// A node as users run one: the command, in a process of its own.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const program = join(import.meta.dirname, '../../packages/cli/bin/posthorn.js')

export type NodeProcess = {
  readonly url: string
  readonly port: number
  readonly child: ChildProcess
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>
  isAlive(): boolean
}

/** What a node that did not start said. */
export type FailedStart = { readonly exitCode: number | null; readonly text: string }

export function newDataFolder(): string {
  return mkdtempSync(join(tmpdir(), 'posthorn-node-api-'))
}

/** Starts a node on a free port. */
export async function startNode(data: string, flags: readonly string[] = []): Promise<NodeProcess> {
  const child = run(data, flags)
  child.stderr?.resume()
  const port = await readyPort(child)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    child,
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
      return child.exitCode
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
  }
}

/** Starts a node that is expected to refuse; one that runs all the same is stopped. */
export async function startInVain(data: string, flags: readonly string[]): Promise<FailedStart> {
  const child = run(data, flags)
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (text.includes('"ready"')) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return { exitCode: child.exitCode, text }
}

function run(data: string, flags: readonly string[]): ChildProcess {
  const base = ['up', '--api-port', '0', '--data', data, '--log', 'json']
  return spawn(process.execPath, [program, ...base, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function readyPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the node has no stdout')
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = (JSON.parse(line) as { api: string[] }).api
    if (url !== undefined) return Number(new URL(url).port)
  }
  throw new Error('the node ended before it was ready')
}
