// Gathers the appends that arrive while a commit runs into the next one: the busier the store, the
// larger its batches, without waiting for anything.

import type { Envelope } from '@posthorn/envelope'
import { StorageError } from '@posthorn/errors'
import { closedError } from '../errors.ts'
import type { AppendResult } from '../store.ts'

/** How much to gather. */
export type GroupCommitOptions = {
  /** Stores all or nothing; one result each, in order. */
  readonly commit: (envelopes: readonly Envelope[]) => Promise<readonly AppendResult[]>
  /** A batch takes no further append once it has as many envelopes. */
  readonly maxBatchEnvelopes: number
  /** A batch takes no further append once it has as many bytes. */
  readonly maxBatchBytes: number
  /** Resolves when whatever was answered by now has had its turn. */
  readonly nextTurn: () => Promise<unknown>
  /** Appends are refused while more bytes than this would wait for an answer. */
  readonly maxWaitingBytes: number
}

type Append = {
  readonly envelopes: readonly Envelope[]
  readonly bytes: number
  readonly resolve: (results: readonly AppendResult[]) => void
  readonly reject: (error: unknown) => void
}

/** Turns concurrent appends into one commit after the other; an append is never split. */
export class GroupCommit implements AsyncDisposable {
  readonly #options: GroupCommitOptions
  readonly #queue: Append[] = []
  #waitingBytes = 0
  #running: Promise<void> | undefined
  #isClosed = false

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  /**
   * Resolves after the commit that holds these envelopes.
   *
   * @throws StorageError `store/closed`, `store/overloaded`, or the commit's
   */
  append(envelopes: readonly Envelope[]): Promise<readonly AppendResult[]> {
    return new Promise((resolve, reject) => {
      const bytes = envelopes.reduce((sum, envelope) => sum + sizeOf(envelope), 0)
      this.#checkRoom(bytes)
      this.#waitingBytes += bytes
      this.#queue.push({ envelopes, bytes, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Refuses new appends and waits for those taken. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  #checkRoom(bytes: number): void {
    if (this.#isClosed) throw closedError()
    const { maxWaitingBytes } = this.#options
    if (this.#waitingBytes + bytes <= maxWaitingBytes) return
    throw new StorageError(
      'store/overloaded',
      `Append: ${this.#waitingBytes} bytes are waiting and ${bytes} more came, at most ${maxWaitingBytes}`,
      { retryAfterMs: 1_000 },
    )
  }

  async #run(): Promise<void> {
    const { nextTurn } = this.#options
    // One turn of the event loop lets all callers that were answered together append again.
    await nextTurn()
    while (this.#queue.length > 0) {
      await this.#commit(this.#takeBatch())
      await nextTurn()
    }
    this.#running = undefined
  }

  #takeBatch(): Append[] {
    const { maxBatchEnvelopes, maxBatchBytes } = this.#options
    let [count, envelopes, bytes] = [0, 0, 0]
    for (const append of this.#queue) {
      if (envelopes >= maxBatchEnvelopes || bytes >= maxBatchBytes) break
      count += 1
      envelopes += append.envelopes.length
      bytes += append.bytes
    }
    return this.#queue.splice(0, count)
  }

  async #commit(batch: readonly Append[]): Promise<void> {
    try {
      const results = await this.#options.commit(batch.flatMap((append) => append.envelopes))
      let at = 0
      for (const { envelopes, resolve } of batch) {
        resolve(results.slice(at, at + envelopes.length))
        at += envelopes.length
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      for (const { bytes } of batch) this.#waitingBytes -= bytes
    }
  }
}

// What an envelope takes beside its message: a generous guess, so that empty ones count, too.
const overheadBytes = 512

function sizeOf(envelope: Envelope): number {
  return envelope.message.length + overheadBytes
}
