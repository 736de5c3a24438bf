// Runs the real command line in a process of its own, as a shell would.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** How a process ended. */
export type Finished = {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** How to run it. */
export type ProcessOptions = {
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Standard input; without it there is none. */
  readonly input?: string
  /** Arguments of Node itself. */
  readonly nodeArgs?: readonly string[]
  /** Another launcher than the one of this package. */
  readonly launcher?: string
}

/** A process that is running. */
export type Running = AsyncDisposable & {
  readonly process: ChildProcessWithoutNullStreams
  readonly finished: Promise<Finished>
  /** The next line of stdout; fails when the process ends first. */
  nextLine(): Promise<string>
}

/** Path of the launcher. */
export const launcherPath: string = fileURLToPath(new URL('../../bin/posthorn.js', import.meta.url))

/** Starts `posthorn`. */
export function start(args: readonly string[], options: ProcessOptions = {}): Running {
  const { nodeArgs = [], launcher = launcherPath, env, input } = options
  const child = spawn(process.execPath, [...nodeArgs, launcher, ...args], {
    env: { ...process.env, npm_command: undefined, NO_COLOR: '1', ...env },
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input ?? '')
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const finished = once(child, 'close').then(
    ([exitCode, signal]): Finished => ({ exitCode, signal, stdout, stderr }),
  )
  return {
    process: child,
    finished,
    nextLine: async () => {
      const { done, value } = await lines.next()
      if (!done) return value
      throw new RangeError(`posthorn ${args[0]} ended: ${stdout}${stderr}`)
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) child.kill('SIGKILL')
      await finished
    },
  }
}

/** Runs `posthorn` to its end. */
export function posthorn(args: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  return start(args, options).finished
}
