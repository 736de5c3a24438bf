// Many processes append to one database while others follow it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Who appends and who follows. */
export type TailRun = {
  readonly url: string
  /** In all. */
  readonly messages: number
  readonly writerProcesses: number
  /** In each process. */
  readonly writers: number
  readonly subscriberProcesses: number
  /** In each process, each with connections of its own. */
  readonly subscribers: number
}

/** What one subscriber got. */
export type Followed = {
  readonly received: number
  /** Numbers that never came. */
  readonly missed: number
  readonly doubled: number
  /** Rows whose sequence was not one above that of the row before. */
  readonly outOfOrder: number
}

const child = fileURLToPath(new URL('./tail-child.ts', import.meta.url))

/** Runs all processes to their end. Gives one entry for each subscriber. */
export async function runTail(run: TailRun): Promise<readonly Followed[]> {
  const { url, messages, writerProcesses, writers, subscriberProcesses, subscribers } = run
  const own = messages / writerProcesses
  const following = Array.from({ length: subscriberProcesses }, () =>
    runChild('subscribe', url, [subscribers, messages]),
  )
  const writing = Array.from({ length: writerProcesses }, (_, i) =>
    runChild('write', url, [writers, i * own, own]),
  )
  await Promise.all(writing)
  return (await Promise.all(following)).flat()
}

async function runChild(
  role: string,
  url: string,
  numbers: readonly number[],
): Promise<readonly Followed[]> {
  const program = spawn(process.execPath, [child, role, url, ...numbers.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  program.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const [code] = await once(program, 'close')
  if (code !== 0) throw new RangeError(`A ${role} process ended with ${code}, expected 0`)
  return JSON.parse(told) as readonly Followed[]
}
