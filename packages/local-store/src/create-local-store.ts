// The one implementation of the port, above any engine.

import type { Crypto } from '@posthorn/crypto'
import { findMessage, findMessages } from './book/find-message.ts'
import { putBatch } from './book/put-batch.ts'
import {
  conversationIn,
  type Reading,
  readConversations,
  readMessages,
  readMessagesAbout,
} from './book/read-lists.ts'
import { readRecords } from './book/read-records.ts'
import { removeConversation, removeMessages } from './book/remove.ts'
import { repair } from './book/repair.ts'
import { noTotals, type Totals, totalsKey } from './book/save-conversation.ts'
import { consentName } from './book/simple-tables.ts'
import type { Writing } from './book/writing.ts'
import type { CellEngine } from './cells/cell-engine.ts'
import { conversationKeyOf, type Table, under } from './cells/cell-keys.ts'
import { recordOf } from './cells/cell-reads.ts'
import { createVault } from './cells/vault.ts'
import { type ChangeChannel, createChangeHub, type LocalChange } from './changes.ts'
import type { LocalStore, Persistence } from './local-store.ts'
import { createOutbox } from './outbox/book-outbox.ts'
import type { LocalConversation, LocalSetting } from './records.ts'
import { searchMessages } from './search/search-messages.ts'
import { checkFormat, deriveSecrets } from './store-key.ts'

/** What opening a store of any engine takes. */
export type OpenLocalStoreOptions = {
  readonly crypto: Crypto
  /** Seals everything; 32 bytes, which the caller derives from the account's keys and may wipe afterwards. */
  readonly key: Uint8Array
}

/** What {@link createLocalStore} takes. */
export type CreateLocalStoreOptions = OpenLocalStoreOptions & {
  /** The store closes it. */
  readonly engine: CellEngine
  readonly persistence: Persistence
  /** To and from other stores on the same data; the store closes it. */
  readonly channel?: ChangeChannel | undefined
}

/**
 * A store above an engine.
 *
 * @throws UsageError `local-store/bad-key`; VerificationError `local-store/wrong-key`; StorageError
 *   `local-store/newer-version`
 */
export async function createLocalStore(options: CreateLocalStoreOptions): Promise<LocalStore> {
  const { engine, persistence, channel, crypto, key } = options
  const secrets = deriveSecrets(crypto, key)
  const vault = createVault(engine, secrets.sealer)
  const hub = createChangeHub(channel)
  const reading: Reading = { vault, keys: secrets.keys }

  async function change<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    let told: LocalChange[] = []
    const result = await vault.change((transaction) => {
      told = []
      return work({ transaction, keys: secrets.keys, tell: (each) => told.push(each) })
    })
    hub.tell(told)
    return result
  }

  async function close(): Promise<void> {
    await vault.close()
    hub.close()
    secrets.wipe()
  }

  try {
    await checkFormat(vault)
  } catch (error) {
    await close()
    throw error
  }
  return {
    persistence,
    put: (batch) => change((writing) => putBatch(writing, batch)),
    changes: ({ signal } = {}) => hub.read(signal),
    ...readsOf(reading),
    removeMessages: (ids) => change((writing) => removeMessages(writing, ids)),
    removeConversation: (topic) => change((writing) => removeConversation(writing, topic)),
    outbox: createOutbox(change, vault),
    repair: () => repair(vault, change),
    wipe: async () => {
      await vault.wipe()
      await checkFormat(vault)
      hub.tell([{ kind: 'everything' }])
    },
    [Symbol.asyncDispose]: close,
  }
}

type Reads = Pick<
  LocalStore,
  | 'conversation'
  | 'conversations'
  | 'conversationsWith'
  | 'totals'
  | 'message'
  | 'messagesWithIds'
  | 'messages'
  | 'messagesAbout'
  | 'search'
  | 'consent'
  | 'readMark'
  | 'draft'
  | 'name'
  | 'progress'
  | 'setting'
  | 'records'
>

function readsOf(reading: Reading): Reads {
  const { vault, keys } = reading

  async function find<T>(table: Table, name: string): Promise<T | undefined> {
    const [cell] = await vault.get([keys.named(table, name)])
    return recordOf(cell) as T | undefined
  }

  async function conversationsWith(peerAddress: string): Promise<LocalConversation[]> {
    const range = { ...under(keys.peer(peerAddress)), limit: 10_000 }
    const cells = await vault.get(
      (await vault.scan(range)).map(({ key }) => conversationKeyOf(key)),
    )
    return cells.map(conversationIn).filter((each) => each !== undefined)
  }

  return {
    conversation: (topic) => find('conversation', topic),
    conversations: (query) => readConversations(reading, query),
    conversationsWith,
    totals: async () => {
      const [cell] = await vault.get([totalsKey])
      return (recordOf(cell) as Totals | undefined) ?? noTotals
    },
    message: (id) => findMessage(reading, id),
    messagesWithIds: (ids) => findMessages(reading, ids),
    messages: (query) => readMessages(reading, query),
    messagesAbout: (query) => readMessagesAbout(reading, query),
    search: (query) => searchMessages(reading, query),
    consent: (subject, value) => find('consent', consentName(subject, value)),
    readMark: (topic) => find('readMark', topic),
    draft: (topic) => find('draft', topic),
    name: (query) => find('name', query),
    progress: (purpose) => find('progress', purpose),
    setting: async (key) => (await find<LocalSetting>('setting', key))?.value,
    records: (kind) => readRecords(reading, kind),
  }
}
