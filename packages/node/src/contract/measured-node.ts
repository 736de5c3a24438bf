// A node in a process of its own, whose memory can be asked for.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A node that is measured. */
export type MeasuredNode = AsyncDisposable & {
  readonly url: string
  /** Bytes in use after collecting garbage, on the heap and beside it. */
  memoryBytes(): Promise<number>
}

/** Starts a node on a directory. */
export async function startMeasuredNode(directory: string): Promise<MeasuredNode> {
  const program = fileURLToPath(import.meta.resolve('./memory-child.ts'))
  const child = fork(program, [directory], { execArgv: ['--expose-gc'] })
  const url = String((await answerOf(child, 'ready'))['url'])
  return {
    url,
    memoryBytes: async () => {
      const answer = answerOf(child, 'memory')
      child.send('memory')
      return Number((await answer)['bytes'])
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function answerOf(child: ChildProcess, kind: string): Promise<Record<string, unknown>> {
  for (;;) {
    const [message] = await once(child, 'message')
    if (message.kind === kind) return message
  }
}
