// Sends what waits in an outbox: conversations side by side, the messages of one strictly in order. What a node
// refuses for good is parked, so that the messages behind it go on; everything else is tried again.

import {
  AdmissionError,
  CodecError,
  NotFoundError,
  ProtocolError,
  StorageError,
  ValidationError,
  VerificationError,
} from '@posthorn/errors'
import type { LocalStore } from '../local-store.ts'
import type { OutboxEntry } from '../records.ts'

/** The timer port. */
export type OutboxTimers = {
  /** Resolves after `delayMs` milliseconds, or at once when the signal aborts. Never rejects. */
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}

/** What {@link runOutbox} takes. */
export type RunOutboxOptions = {
  readonly store: Pick<LocalStore, 'outbox' | 'changes'>
  /**
   * Sends an entry's envelopes as they are; resolves once a node has acknowledged all of them. It may be called
   * again for what was sent already, when the answer was lost.
   */
  readonly send: (entry: OutboxEntry, options: { readonly signal: AbortSignal }) => Promise<void>
  readonly timers: OutboxTimers
  /** A number in [0, 1). */
  readonly random: () => number
  /** First wait after a failure; default 1,000. It doubles with each one that follows. */
  readonly baseDelayMs?: number | undefined
  /** Longest wait; default 60,000. */
  readonly maxDelayMs?: number | undefined
  /** Whether sending again would not help; default {@link isPermanentRefusal}. */
  readonly isPermanent?: ((error: unknown) => boolean) | undefined
}

/** A running outbox; disposing it stops sending, and what was not sent waits for the next run. */
export type OutboxRun = AsyncDisposable & {
  /** Tries again at once: the network is back, or another process has enqueued something. */
  wake(): void
}

type Outcome = { readonly kind: 'settled' } | { readonly kind: 'again'; readonly error: unknown }

/** Starts sending; ends with the store or its own disposal. */
export function runOutbox(options: RunOutboxOptions): OutboxRun {
  const { store, send, timers, random } = options
  const { baseDelayMs = 1_000, maxDelayMs = 60_000, isPermanent = isPermanentRefusal } = options
  const stopping = new AbortController()
  const { signal } = stopping
  let waking = new AbortController()
  // Waiting numbers by topic; a topic is there while its lane runs.
  const lanes = new Map<string, Set<number>>()
  const running = new Set<Promise<void>>()

  function admit({ topic, number, state }: OutboxEntry): void {
    if (state !== 'waiting' || signal.aborted) return
    const lane = lanes.get(topic)
    if (lane !== undefined) {
      lane.add(number)
      return
    }
    const numbers = new Set([number])
    lanes.set(topic, numbers)
    keep(runLane(topic, numbers))
  }

  function keep(work: Promise<void>): void {
    const kept = work.finally(() => running.delete(kept))
    running.add(kept)
  }

  async function admitAll(): Promise<void> {
    for (const entry of await store.outbox.entries()) admit(entry)
  }

  async function follow(): Promise<void> {
    // Before the first look, so that nothing falls between the two.
    const changes = store.changes({ signal })
    await untilItWorks(admitAll)
    for await (const batch of changes) {
      for (const change of batch) {
        if (change.kind === 'everything') await untilItWorks(admitAll)
        if (change.kind !== 'outbox' || change.state !== 'waiting') continue
        const { number } = change
        await untilItWorks(async () => {
          const entry = await store.outbox.entry(number)
          if (entry !== undefined) admit(entry)
        })
      }
    }
    stopping.abort()
  }

  async function runLane(topic: string, numbers: Set<number>): Promise<void> {
    let failures = 0
    while (!signal.aborted && numbers.size > 0) {
      const number = Math.min(...numbers)
      const outcome = await attempt(number)
      if (outcome.kind === 'settled') {
        numbers.delete(number)
        failures = 0
      } else await pause(++failures, outcome.error)
    }
    lanes.delete(topic)
  }

  async function attempt(number: number): Promise<Outcome> {
    try {
      const entry = await store.outbox.entry(number)
      if (entry?.state !== 'waiting') return { kind: 'settled' }
      const refusal = await sendOnce(entry)
      if (refusal === undefined) await store.outbox.markSent(number)
      else await store.outbox.markFailed(number, refusal)
      return { kind: 'settled' }
    } catch (error) {
      if (isClosed(error)) stopping.abort()
      // A damaged entry cannot be sent; a repair takes it out.
      return isCorrupt(error) ? { kind: 'settled' } : { kind: 'again', error }
    }
  }

  /** The code of a refusal for good; undefined when it was sent. */
  async function sendOnce(entry: OutboxEntry): Promise<string | undefined> {
    try {
      await send(entry, { signal })
      return undefined
    } catch (error) {
      if (signal.aborted || !isPermanent(error)) throw error
      return error instanceof ProtocolError ? error.code : 'local-store/not-sent'
    }
  }

  function pause(failures: number, error: unknown): Promise<void> {
    const ceilingMs = Math.min(baseDelayMs * 2 ** (failures - 1), maxDelayMs)
    const askedMs = error instanceof ProtocolError ? (error.retryAfterMs ?? 0) : 0
    const delayMs = Math.max(askedMs, Math.round(ceilingMs / 2 + (random() * ceilingMs) / 2))
    return timers.sleep(delayMs, { signal: AbortSignal.any([signal, waking.signal]) })
  }

  async function untilItWorks(work: () => Promise<void>): Promise<void> {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        return await work()
      } catch (error) {
        if (isClosed(error)) stopping.abort()
        else if (isCorrupt(error)) return
        else await pause(failures, error)
      }
    }
  }

  const following = follow()
  return {
    wake: () => {
      waking.abort()
      waking = new AbortController()
      keep(untilItWorks(admitAll))
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await following
      await Promise.all(running)
    },
  }
}

/** Whether a node has looked at what was sent and will not take it, now or later. */
export function isPermanentRefusal(error: unknown): boolean {
  if (error instanceof AdmissionError) {
    return error.retryAfterMs === undefined && !error.code.startsWith('rate/')
  }
  return [ValidationError, CodecError, NotFoundError, VerificationError].some(
    (family) => error instanceof family,
  )
}

function isClosed(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'local-store/closed'
}

function isCorrupt(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'local-store/corrupt'
}
