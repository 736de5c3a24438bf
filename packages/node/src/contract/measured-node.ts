// A node in a process of its own, whose memory can be asked for.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { NodeConfig } from '../config.ts'

/** Memory of a node, after collecting garbage. */
export type NodeMemory = {
  /** In use, on the heap and beside it. */
  readonly bytes: number
  /** Resident now, and at most since the node started. */
  readonly rssBytes: number
  readonly peakRssBytes: number
}

/** A node that is measured. */
export type MeasuredNode = AsyncDisposable & {
  readonly url: string
  memory(): Promise<NodeMemory>
  /** Bytes in use after collecting garbage, on the heap and beside it. */
  memoryBytes(): Promise<number>
  /** Whether its process lives. */
  isAlive(): boolean
}

/** Starts a node on a directory. */
export async function startMeasuredNode(
  directory: string,
  flags: Partial<Record<keyof NodeConfig, unknown>> = {},
): Promise<MeasuredNode> {
  const program = fileURLToPath(import.meta.resolve('./memory-child.ts'))
  // As its program starts it, and with a way to collect garbage.
  const execArgv = ['--max-semi-space-size=8', '--expose-gc']
  const child = fork(program, [directory, JSON.stringify(flags)], { execArgv })
  const url = String((await answerOf<{ url: string }>(child, 'ready')).url)
  const memory = async (): Promise<NodeMemory> => {
    const answer = answerOf<NodeMemory>(child, 'memory')
    child.send('memory')
    return answer
  }
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null
  return {
    url,
    memory,
    memoryBytes: async () => (await memory()).bytes,
    isAlive,
    [Symbol.asyncDispose]: async () => {
      if (!isAlive()) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function answerOf<T>(child: ChildProcess, kind: string): Promise<T> {
  for (;;) {
    const [message] = await once(child, 'message')
    if (message.kind === kind) return message
  }
}
