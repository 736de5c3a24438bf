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
import { createLanes, type Outcome } from './lanes.ts'
import { createPatience, type PatienceOptions } from './patience.ts'

/** What {@link runOutbox} takes. */
export type RunOutboxOptions = PatienceOptions & {
  readonly store: Pick<LocalStore, 'outbox' | 'changes'>
  /**
   * Sends an entry's envelopes as they are; resolves once a node has acknowledged all of them. It may be called
   * again for what was sent already, when the answer was lost.
   */
  readonly send: (entry: OutboxEntry, options: { readonly signal: AbortSignal }) => Promise<void>
  /** Whether sending again would not help; default {@link isPermanentRefusal}. */
  readonly isPermanent?: ((error: unknown) => boolean) | undefined
}

/** A running outbox; disposing it stops sending, and what was not sent waits for the next run. */
export type OutboxRun = AsyncDisposable & {
  /** Looks and tries again at once: the network is back, or another process has enqueued something. */
  wake(): void
}

/** Starts sending; ends with the store or its own disposal. */
export function runOutbox(options: RunOutboxOptions): OutboxRun {
  const { outbox, changes } = options.store
  const stopping = new AbortController()
  const { signal } = stopping
  const patience = createPatience(options, signal)
  const { pause } = patience
  const attempt = createAttempt(options, stopping)
  const lanes = createLanes({ signal, attempt, pause })
  let looking: Promise<void> = Promise.resolve()

  async function look(work: () => Promise<readonly (OutboxEntry | undefined)[]>): Promise<void> {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        for (const entry of await work()) if (entry !== undefined) lanes.admit(entry)
        return
      } catch (error) {
        if (isClosed(error)) stopping.abort()
        else if (isCorrupt(error)) return
        else await pause(failures, error)
      }
    }
  }

  async function follow(): Promise<void> {
    // Before the first look, so that nothing falls between the two.
    const batches = changes({ signal })
    await look(outbox.entries)
    for await (const batch of batches) {
      for (const change of batch) {
        if (change.kind === 'everything') await look(outbox.entries)
        if (change.kind !== 'outbox' || change.state !== 'waiting') continue
        await look(async () => [await outbox.entry(change.number)])
      }
    }
    stopping.abort()
  }

  const following = follow()
  return {
    wake: () => {
      patience.wake()
      looking = Promise.all([looking, look(outbox.entries)]).then(() => undefined)
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await Promise.all([following, looking])
      await lanes.stopped()
    },
  }
}

function createAttempt(
  options: RunOutboxOptions,
  stopping: AbortController,
): (number: number) => Promise<Outcome> {
  const { store, send, isPermanent = isPermanentRefusal } = options
  const { signal } = stopping

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

  return async (number) => {
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
