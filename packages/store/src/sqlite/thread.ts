// The store's side of a thread: calls become promises, and a thread that died is started again.

import { Worker } from 'node:worker_threads'
import { StorageError } from '@posthorn/errors'
import type { Jobs, Reply, Report, Request, ThreadData } from './thread-messages.ts'

type Waiting = {
  readonly resolve: (output: never) => void
  readonly reject: (error: StorageError) => void
  readonly onProgress: Report | undefined
}

/** How to send a job. */
export type CallOptions = {
  /** Buffers that move to the thread instead of being copied. */
  readonly transfer?: readonly ArrayBuffer[]
  readonly onProgress?: Report | undefined
}

/** A thread that does jobs one after the other. It keeps the process alive only while it has some. */
export class Thread<Work extends Jobs> implements AsyncDisposable {
  readonly #entry: string
  readonly #data: ThreadData
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #lastId = 0

  /** `entry` is the file beside this one, without its extension. */
  constructor(entry: string, data: ThreadData) {
    this.#entry = entry
    this.#data = data
  }

  /** Jobs without an answer so far. */
  get load(): number {
    return this.#waiting.size
  }

  /**
   * Does a job.
   *
   * @throws StorageError with the thread's code, `store/unavailable` when the thread dies before it answers
   */
  call<Name extends keyof Work & string>(
    job: Name,
    input: Parameters<Work[Name]>[0],
    options: CallOptions = {},
  ): Promise<Awaited<ReturnType<Work[Name]>>> {
    return this.#call(job, input, options)
  }

  /** Lets the thread finish its jobs and close its connection, then ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#worker === undefined) return
    // A thread that dies meanwhile leaves nothing to close.
    await this.#call('close', null).catch(() => undefined)
    await this.terminate()
  }

  /** Ends the thread at once, as a crash would; what it had not answered fails. */
  async terminate(): Promise<void> {
    await this.#worker?.terminate()
  }

  #call<Output>(job: string, input: unknown, { transfer = [], onProgress }: CallOptions = {}) {
    const worker = this.#running()
    const id = ++this.#lastId
    const request: Request = { id, job, input }
    return new Promise<Output>((resolve, reject) => {
      worker.postMessage(request, [...transfer])
      this.#waiting.set(id, { resolve, reject, onProgress })
      worker.ref()
    })
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker
    // The sources run as they are; compiled, this file and the entry end in .js.
    const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
    const url = new URL(`./${this.#entry}${extension}`, import.meta.url)
    const worker = new Worker(url, { name: this.#entry, workerData: this.#data })
    let cause: unknown
    worker.on('message', (reply: Reply) => this.#settle(reply))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', () => this.#abandon(cause))
    this.#worker = worker
    return worker
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    if (reply.kind === 'progress') {
      waiting?.onProgress?.(reply.share)
      return
    }
    this.#waiting.delete(reply.id)
    if (this.#waiting.size === 0) this.#worker?.unref()
    if (reply.kind === 'done') waiting?.resolve(reply.output as never)
    else waiting?.reject(new StorageError(reply.code, reply.message))
  }

  #abandon(cause: unknown): void {
    this.#worker = undefined
    const message = 'Use the store: its thread ended before it answered, expected an answer'
    const error = new StorageError('store/unavailable', message, { cause })
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
  }
}
