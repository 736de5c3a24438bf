// From a client and a store to an inbox.

import type { LocalStore, RepairReport } from '@posthorn/local-store'
import type { Client } from '../client.ts'
import { internalsOf } from '../internals.ts'
import { createStoreBook } from './book-of-store.ts'
import { createBroadcast } from './broadcast.ts'
import type { Inbox, InboxState } from './inbox.ts'
import { inboxCodecs } from './inbox-codecs.ts'
import { inboxReads } from './inbox-reads.ts'
import { mendStore } from './inbox-settings.ts'
import { inboxWrites } from './inbox-writes.ts'
import type { MessageReader } from './local-message.ts'
import { createTypingTeller } from './typing.ts'
import { asProtocolError } from './unexpected.ts'
import { startWorker, type Worker } from './worker.ts'

/** What {@link openInbox} takes; client and store stay open when the inbox closes. */
export type OpenInboxOptions = {
  readonly client: Client
  /** The store of the client's account on the client's network. */
  readonly store: LocalStore
  /**
   * Of several inboxes on one store, in tabs or processes, one may work on the network: it waits for this promise,
   * such as `elected` of `standForLeader`. Default: at once.
   */
  readonly elected?: Promise<unknown> | undefined
}

/**
 * Opens the inbox of a client's account: at once what the store holds, soon what the network has.
 *
 * @throws UsageError `client/not-a-client`
 * @example
 * await using inbox = openInbox({ client, store })
 */
export function openInbox({ client, store, elected }: OpenInboxOptions): Inbox {
  const { context } = internalsOf(client)
  const { crypto, keystore, decoding, closing, clock } = context
  const registry = inboxCodecs(context.registry)
  const reader: MessageReader = { crypto, keystore, registry, decoding }
  const parts = { context, store, reader }
  const book = createStoreBook(store)
  const typing = createTypingTeller({ reader, clock, book })
  const states = createBroadcast<InboxState>(() => 'state')
  let state: InboxState = { kind: elected === undefined ? 'connecting' : 'standby' }
  let isClosed = false
  let working: Promise<Worker> | undefined

  function onState(next: InboxState): void {
    if ((isClosed && next.kind !== 'closed') || isSameState(next, state)) return
    state = next
    states.tell(next)
  }

  function onError(error: unknown): void {
    onState({ kind: 'refused', error: asProtocolError(error) })
  }

  async function work(): Promise<void> {
    await elected
    if (isClosed) return
    working = startWorker({ ...parts, book, typing, onState, onError })
    await working
  }

  async function rest(): Promise<void> {
    const worker = await working?.catch(() => undefined)
    await worker?.[Symbol.asyncDispose]()
  }

  // The work begins again after it, because it holds in memory how far it has read.
  async function repair(): Promise<RepairReport> {
    const wasWorking = working !== undefined
    await rest()
    const report = await mendStore(store)
    if (wasWorking) work().catch(onError)
    return report
  }

  async function close(): Promise<void> {
    isClosed = true
    closing.removeEventListener('abort', onClosing)
    await rest()
    onState({ kind: 'closed' })
    states.end()
    typing.end()
  }

  const onClosing = (): void => void close()
  closing.addEventListener('abort', onClosing, { once: true })
  work().catch(onError)

  return {
    get state() {
      return state
    },
    states: ({ signal } = {}) => states.read(signal, [state]),
    typing: ({ signal } = {}) => typing.read(signal),
    ...inboxReads(store, reader),
    ...inboxWrites(parts),
    repair,
    wake: () => void working?.then((worker) => worker.wake()).catch(() => undefined),
    [Symbol.asyncDispose]: close,
  }
}

function isSameState(a: InboxState, b: InboxState): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'catching-up' && b.kind === 'catching-up') return a.topicsLeft === b.topicsLeft
  return !('error' in a && 'error' in b) || a.error === b.error
}
