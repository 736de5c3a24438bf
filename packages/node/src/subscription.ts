// One stream of envelopes: what it missed before, then what comes, then, if its reader falls behind, again
// what it missed. The store is read for the past and the dispatcher brings the present; sequences join the
// two without a gap or a double.

import { AdmissionError, StorageError } from '@posthorn/errors'
import type { EnvelopeStore, StoredEnvelope } from '@posthorn/store'
import type { TopicShare } from './admission/topic-budget.ts'
import type { StreamMessage } from './api/method.ts'
import { type Delivery, deliveryOf, markOf } from './delivery.ts'
import type { Dispatcher, Subscriber } from './dispatcher.ts'
import { Mailbox } from './mailbox.ts'
import { type PastPage, readPast } from './past-reader.ts'
import { firstStart, Progress, type TopicStarts } from './progress.ts'

/** Why a subscription ended; the first reason counts. */
export type SubscriptionEnd = 'client-done' | 'client-gone' | 'too-slow' | 'failed' | 'node-closing'

/** What subscriptions are opened on. */
export type SubscriptionParts = {
  readonly dispatcher: Dispatcher
  readonly store: Pick<EnvelopeStore, 'tail'>
  /** Bound of what waits for the stream. */
  readonly maxBytes: number
  /** How many sequences a reader may fall behind before its stream is ended. */
  readonly maxLag: number
}

/** Settings of a subscription. */
export type SubscriptionOptions = {
  readonly starts: TopicStarts
  /** As for `setTopics`. */
  readonly logId?: string | undefined
  /** Aborted when the client has gone: everything is freed at once. */
  readonly signal: AbortSignal
  /** What its topics are counted on. */
  readonly share?: TopicShare | undefined
  readonly onEnd?: ((reason: SubscriptionEnd) => void) | undefined
}

type Batch = readonly StreamMessage[]

/**
 * A subscription: every envelope dispatched after it was made is delivered, or the stream ends with an
 * error. Per topic its envelopes come in store order. It is freed when the signal aborts or `end` is called.
 */
export class Subscription implements Subscriber {
  readonly #parts: SubscriptionParts
  readonly #signal: AbortSignal
  readonly #onEnd: SubscriptionOptions['onEnd']
  readonly #share: TopicShare | undefined
  readonly #mailbox: Mailbox
  readonly #progress = new Progress()
  #logId: string | undefined
  #hasJoined = false
  /** A page of what was missed is being read for the topics as they are. */
  #isReading = false
  #waitingStarts: TopicStarts | undefined
  #hasEnded = false
  #failure: unknown

  constructor(parts: SubscriptionParts, options: SubscriptionOptions) {
    this.#parts = parts
    const { signal, starts, logId } = options
    this.#signal = signal
    this.#onEnd = options.onEnd
    this.#share = options.share
    this.#mailbox = new Mailbox(parts.maxBytes)
    if (signal.aborted) this.#end('client-gone')
    signal.addEventListener('abort', () => this.#end('client-gone'), { once: true })
    this.setTopics(starts, logId)
  }

  /**
   * Replaces the topics. Those that it has already go on as they are. With the name of the log, envelopes
   * are numbered from here on, and marks tell how far the stream has got.
   *
   * @throws AdmissionError as the share's `set`; the topics stay as they were
   */
  setTopics(starts: TopicStarts, logId?: string): void {
    if (this.#hasEnded) return
    this.#share?.set(starts.size)
    this.#logId ??= logId
    if (this.#isReading) this.#waitingStarts = this.#fixed(starts)
    else this.#join(starts)
  }

  /** The dispatcher's way in. */
  deliver(delivery: Delivery): void {
    this.#mailbox.put(delivery)
  }

  waitingBytes(): number {
    return this.#mailbox.waitingBytes
  }

  /** The node ends the stream, after what waits: with an error for those who can resume, else as if it were over. */
  close(): void {
    if (this.#logId !== undefined && !this.#hasEnded) this.#failure = stopping()
    this.#end('node-closing')
  }

  /** Ends the stream after what waits; with an error, that is how it ends. */
  end(error?: unknown): void {
    if (!this.#hasEnded) this.#failure = error
    this.#end('client-done')
  }

  /**
   * To be iterated once.
   *
   * @throws the error that `end` was given; AdmissionError `stream/too-far-behind`; StorageError `node/stopping`,
   * or when the past cannot be read
   */
  async *batches(): AsyncGenerator<Batch, void, void> {
    try {
      for (;;) {
        while (this.#mustJoin()) yield* this.#joining()
        await this.#mailbox.stirred()
        const taken = this.#mailbox.take()
        if (taken === undefined) break
        while (this.#mustJoin()) yield* this.#joining()
        yield* this.#present(taken)
        if (this.#mailbox.hasOverflowed() && !this.#hasEnded) yield* this.#missed()
      }
    } catch (error) {
      this.#end('failed')
      throw error
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  // Topics may be set whenever something is awaited, so this is asked right before what they must precede.
  #mustJoin(): boolean {
    return this.#hasJoined && !this.#isGone()
  }

  // The first mark names the log, before anything that could have to be resumed.
  async *#joining(): AsyncGenerator<Batch, void, void> {
    this.#hasJoined = false
    const logId = this.#logId
    const hasPast = this.#progress.hasPast()
    if (logId !== undefined) yield [markOf(logId, hasPast ? 0 : this.#progress.position())]
    if (!hasPast) return
    yield* this.#past()
    if (logId !== undefined) yield [markOf(logId, this.#progress.position())]
  }

  *#present(taken: readonly Delivery[]): Generator<Batch, void, void> {
    const fresh = taken.filter(
      ({ topic, sequence }) => sequence === undefined || this.#progress.isNew(topic, sequence),
    )
    const last = fresh.findLast(({ sequence }) => sequence !== undefined)?.sequence
    if (last !== undefined) this.#progress.advance(last)
    if (fresh.length > 0) yield fresh.map((delivery) => this.#formOf(delivery))
  }

  // What topics had before they joined, up to where the dispatcher took over.
  async *#past(): AsyncGenerator<Batch, void, void> {
    const head = Math.max(this.#parts.dispatcher.reached(), this.#progress.position())
    const starts = this.#progress.takePast(head)
    let page: PastPage = { rows: [], end: firstStart(starts), isLast: false }
    while (!page.isLast && page.end < head && !this.#isGone()) {
      page = await readPast(this.#parts.store, starts, page.end)
      yield* this.#stored(page.rows.filter(({ sequence }) => sequence <= head))
    }
  }

  // What came while the reader was too slow for the mailbox. Each page begins with an empty one, so that after
  // the last nothing is in neither.
  async *#missed(): AsyncGenerator<Batch, void, void> {
    for (let isLast = false; !isLast && !this.#isGone(); ) {
      while (this.#mustJoin()) yield* this.#joining()
      this.#checkLag()
      this.#mailbox.reset()
      const page = await this.#missedPage()
      isLast = page.isLast
      yield* this.#stored(page.rows)
    }
  }

  async #missedPage(): Promise<PastPage> {
    const progress = this.#progress
    this.#isReading = true
    try {
      const page = await readPast(this.#parts.store, progress.next(), progress.position())
      progress.advance(page.end)
      return page
    } finally {
      this.#isReading = false
      const waiting = this.#waitingStarts
      this.#waitingStarts = undefined
      if (waiting !== undefined && !this.#hasEnded) this.#join(waiting)
    }
  }

  #join(starts: TopicStarts): void {
    const { dispatcher } = this.#parts
    this.#hasJoined = true
    const topics = new Set(starts.keys())
    dispatcher.setTopics(this, topics)
    // What comes from here on goes through the mailbox; what came before is in the store.
    const ends = { reached: dispatcher.reached(), now: dispatcher.now() }
    this.#progress.join(starts, topics, ends)
    this.#mailbox.nudge()
  }

  // "Now" is when the topics are set, though they join a moment later.
  #fixed(starts: TopicStarts): TopicStarts {
    const now = this.#parts.dispatcher.now()
    const before = this.#waitingStarts
    return new Map(
      Array.from(starts, ([topic, after]) => [topic, before?.get(topic) ?? after ?? now]),
    )
  }

  *#stored(rows: readonly StoredEnvelope[]): Generator<Batch, void, void> {
    if (rows.length > 0) yield rows.map((row) => this.#formOf(deliveryOf(row, row.sequence)))
  }

  #formOf(delivery: Delivery): StreamMessage {
    return this.#logId === undefined ? delivery : delivery.numbered
  }

  #checkLag(): void {
    const { dispatcher, maxLag } = this.#parts
    const lag = dispatcher.reached() - this.#progress.position()
    if (lag <= maxLag) return
    this.#end('too-slow')
    throw new AdmissionError(
      'stream/too-far-behind',
      `Follow topics: ${lag} envelopes behind, expected at most ${maxLag}; subscribe again from the last one read`,
      { retryAfterMs: 1_000 },
    )
  }

  #isGone(): boolean {
    return this.#signal.aborted
  }

  #end(reason: SubscriptionEnd): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#parts.dispatcher.remove(this)
    this.#share?.[Symbol.dispose]()
    this.#mailbox.close()
    this.#onEnd?.(reason)
  }
}

function stopping(): StorageError {
  return new StorageError(
    'node/stopping',
    'Follow topics: the node is stopping; subscribe again from the last one read',
  )
}
