// A server under test in a process of its own, which tells its use of CPU and memory on request.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
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
  const child = fork(join(import.meta.dirname, 'servers', `${name}.ts`), [JSON.stringify(flags)], {
    execArgv: [...process.execArgv, '--expose-gc'],
  })
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
