// The thread's side: does one job after the other and answers each.

import { parentPort } from 'node:worker_threads'
import { storageError } from './storage-error.ts'
import type { Jobs, Reply, Report, Request } from './thread-messages.ts'

/** How a thread works. */
export type ThreadService<Work extends Jobs> = {
  /** Begins the message of a database error, such as "Read the store". */
  readonly attempt: string
  readonly jobs: Work
  /** Buffers of an output that need not be copied. */
  readonly transfer: (output: unknown) => ArrayBuffer[]
  /** Called after each job that threw. */
  readonly onFailure: (error: unknown) => void
  /** What to close before the thread ends. */
  readonly resource: Disposable
}

/** Serves the thread that started this one, until that one ends it. */
export function serveThread<Work extends Jobs>(service: ThreadService<Work>): void {
  parentPort?.on('message', async (request: Request) => {
    const reply = await answer(request, service)
    const output = reply.kind === 'done' ? reply.output : undefined
    parentPort?.postMessage(reply, service.transfer(output))
  })
}

type Job = (input: unknown, report: Report) => unknown

async function answer<Work extends Jobs>(
  { id, job, input }: Request,
  service: ThreadService<Work>,
): Promise<Reply> {
  const report = (share: number) => {
    const reply: Reply = { kind: 'progress', id, share }
    parentPort?.postMessage(reply)
  }
  try {
    if (job === 'close') service.resource[Symbol.dispose]()
    const work = service.jobs[job] as Job | undefined
    return { kind: 'done', id, output: await work?.(input, report) }
  } catch (error) {
    service.onFailure(error)
    const { code, message } = storageError(service.attempt, error)
    return { kind: 'failed', id, code, message }
  }
}

/** The buffer of an output that has a body. */
export function transferable(output: unknown): ArrayBuffer[] {
  return hasBody(output) ? [output.body.buffer] : []
}

function hasBody(output: unknown): output is { readonly body: Uint8Array<ArrayBuffer> } {
  return typeof output === 'object' && output !== null && 'body' in output
}
