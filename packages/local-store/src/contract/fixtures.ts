// Small things that the parts of the suite share.

import { toUtf8 } from '@posthorn/bytes'
import type { CellEngine } from '../cells/cell-engine.ts'
import type { LocalStore } from '../local-store.ts'
import type { LocalMessage, NewConversation } from '../records.ts'

/** Where data lies that stores are opened on, one after the other or at once. */
export type Medium = AsyncDisposable & {
  /** Opens a store on the medium; the key is always the same unless given. */
  open(key?: Uint8Array): Promise<LocalStore>
  /** The cells themselves; open beside stores. */
  engine(): Promise<CellEngine>
}

/** Gives a new, empty medium each time. */
export type Harness = () => Promise<Medium>

/** The key of all stores of the suite. */
export const storeKey: Uint8Array = new Uint8Array(32).fill(7)

/** The conversation with a number, unlike that of any other number. */
export function conversation(n: number, more: Partial<NewConversation> = {}): NewConversation {
  return {
    topic: `/xmtp/0/m-${n}/proto`,
    peerAddress: `0x${String(n).padStart(40, '0')}`,
    createdNs: BigInt(n),
    version: 'v2',
    keyMaterial: new Uint8Array(32).fill(n),
    conversationId: `example.org/${n}`,
    metadata: { $n: 'not a number', __proto__x: '1' },
    ...more,
  }
}

/** An incoming message of conversation 1, sent at `n` nanoseconds. */
export function message(n: number, more: Partial<LocalMessage> = {}): LocalMessage {
  return {
    id: `message ${n}`,
    topic: conversation(1).topic,
    sentNs: BigInt(n),
    isOwn: false,
    senderAddress: conversation(1).peerAddress,
    contentType: 'xmtp.org/text:1.0',
    content: toUtf8(`content ${n}`),
    text: `text number${n}`,
    ...more,
  }
}

/** A medium with conversation 1 in it, and a store on it. */
export async function openWithConversation(newMedium: Harness): Promise<TestWorld> {
  const medium = await newMedium()
  const store = await medium.open()
  await store.put({ conversations: [conversation(1)] })
  return {
    medium,
    store,
    topic: conversation(1).topic,
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]()
      await medium[Symbol.asyncDispose]()
    },
  }
}

/** A medium with a store on it. */
export type TestWorld = AsyncDisposable & {
  readonly medium: Medium
  readonly store: LocalStore
  /** Of conversation 1. */
  readonly topic: string
}

/** The ids of all messages of a topic, read in pages. */
export async function allIds(store: LocalStore, topic: string, limit = 3): Promise<string[]> {
  const ids: string[] = []
  let after: string | undefined
  do {
    const page = await store.messages({ topic, direction: 'ascending', limit, after })
    ids.push(...page.items.map(({ id }) => id))
    after = page.next
  } while (after !== undefined)
  return ids
}
