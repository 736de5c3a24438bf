// A policy as a program: one line of JSON in, one line of JSON out, with the id of the question. A program
// that ends is started again, each time after a longer pause.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { TransportError, UsageError } from '@posthorn/errors'
import {
  type PolicyAnswer,
  type PolicyParts,
  type PolicyPlugin,
  type PolicyRequest,
  readPolicyAnswer,
} from './policy-plugin.ts'

type Program = ChildProcessByStdio<Writable, Readable, null>
type Question = PromiseWithResolvers<PolicyAnswer>

const firstPauseMs = 100
const longestPauseMs = 10_000
const maxLineBytes = 65_536
const maxUnreadBytes = 8_388_608
// Questions that were never answered are forgotten, long after anybody waited for them.
const maxOpenQuestions = 10_000

/**
 * Starts a policy's program. What it writes to stderr goes to that of the node.
 *
 * @throws UsageError `policy/cannot-start`
 */
export async function startPolicyProcess(file: string, parts: PolicyParts): Promise<PolicyPlugin> {
  const runner = new PolicyProcess(file, parts)
  await runner.start()
  return runner
}

class PolicyProcess implements PolicyPlugin {
  readonly #file: string
  readonly #parts: PolicyParts
  readonly #questions = new Map<number, Question>()
  #program: Program | undefined
  #lastId = 0
  #pauseMs = firstPauseMs
  #isClosed = false

  constructor(file: string, parts: PolicyParts) {
    this.#file = file
    this.#parts = parts
  }

  async start(): Promise<void> {
    const program = spawn(this.#file, [], { stdio: ['pipe', 'pipe', 'inherit'] })
    // A program that ends leaves what was written to it unread.
    program.stdin.on('error', () => {})
    try {
      await once(program, 'spawn')
    } catch (cause) {
      throw cannotStart(cause)
    }
    program.on('error', () => {})
    program.once('exit', () => this.#onExit(program))
    readLines(program, (line) => this.#onLine(line))
    if (this.#isClosed) program.kill()
    else this.#program = program
  }

  ask(request: PolicyRequest): Promise<PolicyAnswer> {
    const stdin = this.#program?.stdin
    if (stdin === undefined || stdin.writableLength > maxUnreadBytes) {
      return Promise.reject(notRunning())
    }
    const id = ++this.#lastId
    const question = Promise.withResolvers<PolicyAnswer>()
    this.#questions.set(id, question)
    this.#forgetOldest()
    stdin.write(`${JSON.stringify({ id, ...request })}\n`)
    return question.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    const program = this.#program
    if (program === undefined) return
    const exited = once(program, 'exit')
    program.kill('SIGKILL')
    await exited
  }

  #onLine(line: string): void {
    const { id, value } = parseLine(line)
    const question = id === undefined ? undefined : this.#questions.get(id)
    if (id === undefined || question === undefined) return
    this.#questions.delete(id)
    this.#pauseMs = firstPauseMs
    try {
      question.resolve(readPolicyAnswer(value))
    } catch (error) {
      question.reject(error)
    }
  }

  #onExit(program: Program): void {
    if (this.#program === program) this.#program = undefined
    for (const { reject } of this.#questions.values()) reject(notRunning())
    this.#questions.clear()
    this.#restartLater()
  }

  #restartLater(): void {
    if (this.#isClosed) return
    const { clock, log } = this.#parts
    log.warn(
      { event: 'policy-ended', pauseMs: this.#pauseMs },
      'The policy ended, starting it again',
    )
    clock.after(this.#pauseMs, () => {
      if (!this.#isClosed) this.start().catch(() => this.#restartLater())
    })
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
  }

  #forgetOldest(): void {
    if (this.#questions.size <= maxOpenQuestions) return
    for (const [id, { reject }] of this.#questions) {
      this.#questions.delete(id)
      reject(notRunning())
      return
    }
  }
}

function readLines(program: Program, onLine: (line: string) => void): void {
  let pending = ''
  program.stdout.setEncoding('utf8')
  program.stdout.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) onLine(line)
    if (pending.length > maxLineBytes) program.kill('SIGKILL')
  })
}

function parseLine(line: string): { readonly id: number | undefined; readonly value: unknown } {
  try {
    const value: unknown = JSON.parse(line)
    const id: unknown =
      typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
    return { id: typeof id === 'number' ? id : undefined, value }
  } catch {
    return { id: undefined, value: undefined }
  }
}

function notRunning(): TransportError {
  return new TransportError('policy/not-running', 'Ask policy: its program does not run or read')
}

function cannotStart(cause: unknown): UsageError {
  return new UsageError(
    'policy/cannot-start',
    'Start policy: the file is no program that can be run, expected one, or a module that ends in .js',
    { cause },
  )
}
