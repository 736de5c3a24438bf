// From a client and a store to an inbox.

import type { LocalStore } from '@posthorn/local-store'
import type { Client } from '../client.ts'
import { internalsOf } from '../internals.ts'
import { createStoreBook } from './book-of-store.ts'
import { createBroadcast } from './broadcast.ts'
import type { Inbox, InboxState } from './inbox.ts'
import { inboxCodecs } from './inbox-codecs.ts'
import { inboxReads } from './inbox-reads.ts'
import { inboxWrites } from './inbox-writes.ts'
import type { MessageReader } from './local-message.ts'
import { mendStore } from './mend-store.ts'
import { createTypingTeller } from './typing.ts'
import { asProtocolError } from './unexpected.ts'
import { startWorker } from './worker.ts'
import { keepWorker } from './worker-keeper.ts'

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

  function onState(next: InboxState): void {
    if ((isClosed && next.kind !== 'closed') || isSameState(next, state)) return
    state = next
    states.tell(next)
  }

  function onError(error: unknown): void {
    onState({ kind: 'refused', error: asProtocolError(error) })
  }

  const keeper = keepWorker({
    start: () => startWorker({ ...parts, book, typing, onState, onError, onMended }),
    onError,
  })

  // The worker holds in memory how far it has read, and which conversations there are.
  function onMended(): void {
    keeper.resting(() => Promise.resolve()).catch(onError)
  }

  async function close(): Promise<void> {
    isClosed = true
    closing.removeEventListener('abort', onClosing)
    await keeper[Symbol.asyncDispose]()
    onState({ kind: 'closed' })
    states.end()
    typing.end()
  }

  const onClosing = (): void => void close()
  closing.addEventListener('abort', onClosing, { once: true })
  Promise.resolve(elected).then(keeper.begin).catch(onError)

  return {
    get state() {
      return state
    },
    states: ({ signal } = {}) => states.read(signal, [state]),
    typing: ({ signal } = {}) => typing.read(signal),
    ...inboxReads(store, reader),
    ...inboxWrites(parts),
    repair: () => keeper.resting(() => mendStore(store)),
    wake: keeper.wake,
    [Symbol.asyncDispose]: close,
  }
}

function isSameState(a: InboxState, b: InboxState): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'catching-up' && b.kind === 'catching-up') return a.topicsLeft === b.topicsLeft
  return !('error' in a && 'error' in b) || a.error === b.error
}
