// The conversations in the store, at hand for opening what arrives in them.

import type { LocalStore } from '@posthorn/local-store'
import { type KnownConversation, knownConversationOf } from './local-conversation.ts'

/** The conversations of a store. */
export type StoreBook = {
  /** Reads all of them from the store, and forgets others. */
  load(): Promise<void>
  /** Takes up what was stored meanwhile; true when it was not known. */
  refresh(topic: string): Promise<boolean>
  get(topic: string): KnownConversation | undefined
  /** Newest first. */
  topics(): readonly string[]
  set(known: KnownConversation): void
  /** Whether a conversation was told of by this invitation. */
  hasInvitation(id: string): boolean
}

/** Creates the book of a store; empty until it is loaded. */
export function createStoreBook(store: LocalStore): StoreBook {
  const known = new Map<string, KnownConversation>()
  const invitations = new Set<string>()

  function set(each: KnownConversation): void {
    known.set(each.data.topic, each)
    if (each.invitationId !== undefined) invitations.add(each.invitationId)
  }

  return {
    load: async () => {
      known.clear()
      invitations.clear()
      for await (const { kind, record } of store.records('conversation')) {
        const each = kind === 'conversation' ? knownConversationOf(record) : undefined
        if (each !== undefined) set(each)
      }
    },
    refresh: async (topic) => {
      const record = await store.conversation(topic)
      const each = record && knownConversationOf(record)
      if (each === undefined) return false
      const isNew = !known.has(topic)
      set(each)
      return isNew
    },
    get: (topic) => known.get(topic),
    topics: () =>
      [...known.values()]
        .sort((a, b) => (a.data.createdNs < b.data.createdNs ? 1 : -1))
        .map(({ data }) => data.topic),
    set,
    hasInvitation: (id) => invitations.has(id),
  }
}
