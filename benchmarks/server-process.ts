// A server under test in a process of its own, which tells its use of CPU and memory on request.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A running server. */
export type ServerProcess = AsyncDisposable & {
  readonly url: string
  /** CPU microseconds that the whole process, all threads, has used so far. */
  cpuMicroseconds(): Promise<number>
  /** Resident bytes after collecting garbage. */
  residentBytes(): Promise<number>
}

type Hello = { readonly url: string }
type Usage = { readonly cpuMicroseconds: number; readonly residentBytes: number }

/** Settings of a node, by their names on the command line. */
export type NodeFlags = Readonly<Record<string, string>>

/** Starts `benchmarks/servers/<name>.ts` and waits until it listens; our node takes flags. */
export async function startServer(name: string, flags: NodeFlags = {}): Promise<ServerProcess> {
  const execArgv = [...process.execArgv, '--expose-gc']
  if (name === 'posthorn') execArgv.push(memoryBound())
  const program = join(import.meta.dirname, 'servers', `${name}.ts`)
  const child = fork(program, [JSON.stringify(flags)], { execArgv })
  const { url } = await answerOf<Hello>(child)
  return {
    url,
    cpuMicroseconds: async () => {
      child.send('cpu')
      return (await answerOf<Usage>(child)).cpuMicroseconds
    },
    residentBytes: async () => {
      child.send('memory')
      return (await answerOf<Usage>(child)).residentBytes
    },
    [Symbol.asyncDispose]: async () => {
      child.send('stop')
      await once(child, 'exit')
    },
  }
}

/** What the first line of our program tells Node of memory: our node is measured as people run it. */
function memoryBound(): string {
  const program = join(import.meta.dirname, '../packages/cli/bin/posthorn.js')
  const [firstLine = ''] = readFileSync(program, 'utf8').split('\n')
  return firstLine.split(' ').at(-1) ?? ''
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController()
  const exited = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('the server under test ended')
  })
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: ended.signal }), exited])
    return message as T
  } finally {
    exited.catch(() => undefined)
    ended.abort()
  }
}
