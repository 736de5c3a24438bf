// Everything of an inbox that works on the network: in one tab only, from when it leads.

import { runOutbox } from '@posthorn/local-store'
import type { LiveEnvelope } from '@posthorn/transport'
import type { StoreBook } from './book-of-store.ts'
import { takeUpProofs } from './consent-proofs.ts'
import { createFiling } from './filing.ts'
import type { InboxState } from './inbox.ts'
import { inboxTopics } from './inbox-topics.ts'
import { takeUpMending } from './mend-store.ts'
import { createNetwork } from './network.ts'
import { type OutgoingParts, publishEntry } from './outgoing.ts'
import { retryUndecoded } from './retry-undecoded.ts'
import type { TypingTeller } from './typing.ts'
import { createUploader } from './uploader.ts'
import { allowWritten, upload } from './uploads.ts'
import { watchStore } from './watch-store.ts'

/** What a worker needs. */
export type WorkerParts = OutgoingParts & {
  readonly book: StoreBook
  readonly typing: TypingTeller
  readonly onState: (state: InboxState) => void
  readonly onError: (error: unknown) => void
  /** Told when another tab has mended the store. */
  readonly onMended: () => void
}

/** A worker; disposal ends it, and whatever is under way. */
export type Worker = AsyncDisposable & { wake(): void }

/** Starts working. */
export async function startWorker(parts: WorkerParts): Promise<Worker> {
  const { context, store, reader, book, typing } = parts
  const stopping = new AbortController()
  const { signal } = stopping
  const topics = await inboxTopics(context.keystore)
  await takeUpMending(store)
  const uploader = createUploader(
    context,
    async () => {
      await allowWritten(parts)
      await takeUpProofs(parts)
      await upload({ context, store, topics }, signal)
    },
    signal,
  )
  const outbox = runOutbox({
    store,
    timers: context.clock,
    random: () => (context.crypto.randomBytes(1)[0] ?? 0) / 256,
    send: (entry, options) => publishEntry(parts, entry, options),
  })
  const network = createNetwork(
    {
      context,
      store,
      book,
      topics,
      file: createFiling({
        reader,
        store,
        book,
        topics,
        onTopics: (begun) => network.addConversations(begun),
        onMessages: typing.heard,
      }),
      onState: parts.onState,
      onEphemeral: (envelope: LiveEnvelope) => typing.hear(envelope),
      onConnected: () => {
        outbox.wake()
        uploader.poke()
      },
      onCaughtUp: uploader.poke,
    },
    signal,
  )

  const { onMended } = parts
  const watching = watchStore({ store, book, network, uploader, onMended }, signal)
  const retrying = retryUndecoded({ ...reader, store }, signal)
  const tasks = [network.run(), uploader.run(), watching, retrying]
  for (const task of tasks) {
    task.catch((error) => {
      if (!signal.aborted) parts.onError(error)
    })
  }
  return {
    wake: () => {
      network.wake()
      outbox.wake()
      uploader.poke()
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await outbox[Symbol.asyncDispose]()
      await Promise.allSettled(tasks)
    },
  }
}
